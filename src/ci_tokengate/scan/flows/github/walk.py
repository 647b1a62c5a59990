"""A workflow becomes the jobs that it runs: conditions, matrices, scopes, called workflows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ci_tokengate.scan.flows.github.called import CalledWith, inputs_of, secrets_of
from ci_tokengate.scan.flows.github.entries import read_entries, text_of
from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.matrix import read_matrix
from ci_tokengate.scan.flows.github.model import Entry, JobRun
from ci_tokengate.scan.flows.github.needs import in_order, outputs_of
from ci_tokengate.scan.flows.github.services import handed_in
from ci_tokengate.scan.flows.github.steps import walk_steps
from ci_tokengate.scan.flows.github.triggers import events
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.values import Value
from ci_tokengate.scan.flows.yaml import Map, Scalar

_DEEPEST = 4
"""GitHub allows ten levels of called workflows; nobody was seen to use four."""


def walk_workflow(
    repo: Repository, file: File, root: Map, call: CalledWith | None = None
) -> Iterator[JobRun]:
    """Every job that can run. A job or step whose `if:` can never hold is left out."""
    triggers = events(root)
    names = call.events if call else tuple(triggers)
    scope = Scope(sources=repo.sources, inputs=inputs_of(repo, triggers, call))
    scope.secrets = call.secrets if call else None
    entries = read_entries(file, root.get("env"), scope)
    scope.env = {entry.name: entry.value for entry in entries}
    jobs = root.get("jobs")
    if not isinstance(jobs, Map):
        return
    outputs: dict[str, Mapping[str, Value]] = {}
    runs: dict[str, JobRun] = {}
    for key, node in in_order(jobs):
        run = _job(repo, file, root, key, node, names, scope, entries, outputs)
        if run is not None:
            runs[key.text] = run
            _called(repo, run, call.depth if call else 0)
            outputs[key.text.lower()] = outputs_of(run)
    for name in jobs.items:
        if name in runs:
            yield runs[name]


def _job(
    repo: Repository,
    file: File,
    root: Map,
    key: Scalar,
    node: Map,
    names: tuple[str, ...],
    above: Scope,
    entries: list[Entry],
    outputs: Mapping[str, Mapping[str, Value]],
) -> JobRun | None:
    scope = Scope(sources=repo.sources, env=above.env, inputs=above.inputs, secrets=above.secrets)
    live = _live(text_of(node.get("if")), names, scope)
    if not live and names:
        return None
    scope.event = live[0] if len(live) == 1 else ""
    scope.events = live
    matrix = read_matrix(node.get("strategy"), scope)
    scope.matrix = matrix.names if matrix else {}
    scope.needs = lambda job, output: outputs.get(job, {}).get(output)
    own = [*_container(file, node, scope), *read_entries(file, node.get("env"), scope)]
    env = {**above.env, **{entry.name: entry.value for entry in own}}
    scope.env = env
    run = JobRun(
        file=file,
        root=root,
        key=key,
        node=node,
        events=live,
        scope=scope,
        env=env,
        entries=[*entries, *own],
        matrix=matrix,
        uses=text_of(node.get("uses")),
    )
    if run.uses:
        run.inputs = {e.name.lower(): e for e in read_entries(file, node.get("with"), scope)}
    else:
        walk_steps(repo, run)
    return run


def _live(condition: str, names: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
    """The triggers under which a job can run."""
    if not condition:
        return names
    live = []
    for name in names or ("",):
        scope.event = name
        if scope.holds(condition) is not False:
            live.append(name)
    return tuple(live)


def _container(file: File, node: Map, scope: Scope) -> list[Entry]:
    container = node.get("container")
    return handed_in(file, container, scope) if isinstance(container, Map) else []


def _called(repo: Repository, run: JobRun, depth: int) -> None:
    """Follows a job's `uses:` into a workflow of the same repository."""
    if not run.uses.startswith("./") or depth >= _DEEPEST:
        return
    path = run.uses[2:].partition("@")[0]
    file, root = repo.file(path), repo.mapping(path)
    if file is None or root is None:
        return
    run.callee_path, run.callee_known = file.path, True
    run.callee = list(
        walk_workflow(
            repo,
            File(file.path, file.text),  # what is found there under this call is told at the call
            root,
            CalledWith(
                inputs={name: entry.value for name, entry in run.inputs.items()},
                secrets=secrets_of(run),
                events=run.events,
                depth=depth + 1,
            ),
        )
    )
