"""The GitLab jobs that take the variables of a hidden job, or of the whole pipeline."""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.pipelines.inherited import GITLAB, inherited, names_of, referenced
from ci_tokengate.scan.flows.pipelines.variables import Variable, own
from ci_tokengate.scan.flows.yaml import Map, Node

_MOST_USERS = 50
_RUNS = ("script", "extends", "trigger", "run")


def users(kind: Kind, jobs: Mapping[str, Node]) -> dict[str, list[str]]:
    """The names of the jobs that take something from each one."""
    found: dict[str, list[str]] = {}
    for job, node in jobs.items() if kind in GITLAB else ():
        for name in names_of(node) if isinstance(node, Map) else ():
            found.setdefault(name, []).append(job)
    return found


def used_in(
    kind: Kind, name: str, jobs: Mapping[str, Node], taken: Mapping[str, list[str]]
) -> list[dict[str, Variable]]:
    """The variables of each job that a hidden one, which itself never runs, gets into."""
    waiting, seen = [name] if name.startswith(".") else [], {name}
    found: list[dict[str, Variable]] = []
    while waiting and len(found) < _MOST_USERS:
        for job in taken.get(waiting.pop(), ()):
            node = jobs[job]
            if job.startswith(".") and job not in seen:
                waiting.append(job)
            elif job not in seen and isinstance(node, Map):
                found.append(_variables(kind, node, jobs))
            seen.add(job)
    return found


def all_jobs(kind: Kind, root: Map, jobs: Mapping[str, Node]) -> list[dict[str, Variable]]:
    """The variables of each job of a pipeline that is one file: none where other files have jobs, too."""
    if kind is not Kind.GITLAB or root.get("include") is not None or len(jobs) > len(root.items):
        return []
    run = [
        node
        for name, node in jobs.items()
        if isinstance(node, Map) and not name.startswith(".") and any(map(node.get, _RUNS))
    ]
    return [_variables(kind, node, jobs) for node in run] if len(run) <= _MOST_USERS else []


def _variables(kind: Kind, node: Map, jobs: Mapping[str, Node]) -> dict[str, Variable]:
    return {**inherited(kind, node, jobs), **own(kind, node), **referenced(kind, node, jobs)}
