"""`env:` of a job and of the workflow: the gate's variables take the place of secrets there."""

from __future__ import annotations

from ci_tokengate.scan.fix.carried import is_replaceable
from ci_tokengate.scan.fix.edits import Edits
from ci_tokengate.scan.fix.plan import Plan, is_past
from ci_tokengate.scan.flows.github.model import JobRun
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.yaml import Map, Scalar


def job_env(edits: Edits, plan: Plan, changes: list[str], left: list[str]) -> None:
    pair = plan.run.node.items.get("env")
    if pair is None or not isinstance(pair[1], Map):
        return
    for entry in plan.gone:
        if pair[1].items.get(entry.name, (None,))[0] is not entry.key:
            continue
        name = f"Job {plan.run.name!r}"
        here = entry.key.line > plan.run.key.line and isinstance(entry.node, Scalar)
        if here and edits.remove(pair[1], pair[0], entry.key, entry.node):  # type: ignore[arg-type]
            changes.append(f"{name}: `{entry.name}` is out of its environment; the gate sets it.")
        else:
            left.append(f"{name}: take `{entry.name}` out of its environment by hand.")


def workflow_env(
    edits: Edits,
    repo: Repository,
    root: Map,
    runs: list[JobRun],
    plans: list[Plan],
    changes: list[str],
    left: list[str],
) -> None:
    """A secret of the whole workflow goes only if every job has its gate."""
    pair = root.items.get("env")
    if not pair or not isinstance(pair[1], Map) or not runs:
        return
    for entry in runs[0].entries:
        own = pair[1].items.get(entry.name, (None,))[0] is entry.key
        misleads = is_replaceable(repo, entry) or is_past(repo, entry)
        if not own or not misleads or not isinstance(entry.node, Scalar):
            continue
        if len(plans) == len(runs) and edits.remove(pair[1], pair[0], entry.key, entry.node):
            changes.append(
                f"`{entry.name}` is out of the workflow's environment; each job's gate sets it."
            )
        else:
            left.append(
                f"`{entry.name}` in the workflow's environment: other jobs may need it; take it out by hand."
            )
