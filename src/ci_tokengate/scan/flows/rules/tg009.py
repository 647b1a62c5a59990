"""TG009: a key in reach of a pull request's own code, under a trigger that has the repository's secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.agents.actions import action_of
from ci_tokengate.scan.flows.github.gate import is_gate
from ci_tokengate.scan.flows.github.model import Act, Entry, JobRun
from ci_tokengate.scan.flows.names import is_generic_key, key_of
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.uses import script_place
from ci_tokengate.scan.flows.values import Kind, Value
from ci_tokengate.scan.flows.yaml import Scalar

RULE = "TG009"
_TRIGGERS = ("pull_request_target", "workflow_run")
_CHECKOUT = re.compile(
    r"^(?:actions/checkout|.*/[\w-]*checkout[\w-]*)@|^actions/checkout$", re.IGNORECASE
)
_PULL = re.compile(r"refs/pull/.+/(?:head|merge)|^pull/.+/(?:head|merge)")
_OWN_ONLY = re.compile(
    r"head\.repo\.full_name\s*==\s*github\.repository|github\.repository\s*==\s*github\.event\.\S*head\.repo\.full_name"
    r"|head\.repo\.fork\s*==\s*false|!\s*github\.event\.pull_request\.head\.repo\.fork"
    r"|head_repository\.full_name\s*==\s*github\.repository|head\.repo\.id\s*==\s*github\.(?:event\.)?repository"
)
_FIX = (
    "Run on `pull_request`, or leave the head out and let the agent read the diff through the API."
)


def find(context: Context) -> Iterator[Finding]:
    run = context.run
    under = [name for name in run.events if name in _TRIGGERS]
    if not under:
        return
    for job, outer in _jobs(run):
        yield from _job(context, job, outer, under)


def _jobs(run: JobRun) -> Iterator[tuple[JobRun, JobRun]]:
    """The job itself, and those of workflows that it calls; shown at the call."""
    yield run, run
    for job in run.callee:
        for inner, _ in _jobs(job):
            yield inner, run


def _job(context: Context, job: JobRun, outer: JobRun, under: Sequence[str]) -> Iterator[Finding]:
    trigger = under[0]
    heads = [
        (act, line)
        for act in job.acts
        if (line := _head(context, act)) is not None
        and (job is not outer or any(context.runs_under(act, name) for name in under))
    ]
    if not heads:
        return
    act, line = next((head for head in heads if _sure(context, job, head[0])), heads[0])
    sure = _sure(context, job, act)
    key = _key_in_reach(context, job, act)
    if not key:
        return
    guarded = any(_OWN_ONLY.search(text) for text in _conditions(job, act))
    level = Level.NOTE if guarded or not sure else Level.ERROR
    message = f"Job {outer.name!r} checks out a pull request's head under `{trigger}` with {key} in reach."
    if act.script and not act.script.heads and not sure:
        message = f"Job {outer.name!r} fetches a pull request's head under `{trigger}` with {key} in reach; whether anything checks it out cannot be told."
    elif level is Level.NOTE:
        message = message[:-1] + "; whether the code can be a stranger's cannot be told."
    if job is not outer:
        place, width = (outer.key.line, outer.key.column), len(outer.name)
    elif line >= 0 and act.scalar is not None and not act.inner:
        place, width = script_place(act.file, act.scalar, line, ""), 0
    else:
        place, width = (act.at[1].line, act.at[1].column), 0
    file = outer.file if job is not outer else act.at[0]
    found = context.at(file, place, RULE, level, message, _FIX, act.label, width=width)
    if found:
        yield found


def _conditions(job: JobRun, act: Act) -> Iterator[str]:
    for node in (job.node.get("if"), act.node.get("if")):
        if isinstance(node, Scalar):
            yield node.text


def _head(context: Context, act: Act) -> int | None:
    """Where a step checks out a head: a line of its script, -1 for an action; None if it does not."""
    if act.script and (lines := act.script.heads or act.script.fetched):
        return lines[0]
    if (
        act.script is None
        and act.scalar is not None
        and re.search(r"gh pr checkout", act.scalar.text)
    ):
        return 0
    if not _CHECKOUT.match(act.uses):
        return None
    values = [act.inputs[name].value for name in ("ref", "repository", "sha") if name in act.inputs]
    return (
        -1
        if any(_is_head(context, value) or _is_output(context, value) for value in values)
        else None
    )


def _is_head(context: Context, value: Value) -> bool:
    return context.repo.sources.has(value, Kind.HEAD) or any(_PULL.search(text) for text in value)


def _is_output(context: Context, value: Value) -> bool:
    """A ref that an earlier step worked out."""
    return any(
        source.kind is Kind.OTHER
        and source.name.startswith(("steps.", "needs.", "$", "env.", "inputs."))
        for source in context.repo.sources.of(value)
    )


def _sure(context: Context, job: JobRun, act: Act) -> bool:
    """Not where a ref was worked out elsewhere, nor where the head is fetched and git does no more than read it."""
    if act.script and not act.script.heads and act.script.fetched:
        return _is_taken(job, act, act.script.fetched[0])
    if not _CHECKOUT.match(act.uses):
        return True
    return any(
        _is_head(context, act.inputs[name].value)
        for name in ("ref", "repository", "sha")
        if name in act.inputs
    )


def _is_taken(job: JobRun, fetching: Act, line: int) -> bool:
    """Whether git puts a commit into a folder after the line that fetched one."""
    return any(
        act.order > fetching.order or (act is fetching and moved >= line)
        for act in job.acts
        if act.script
        for moved in act.script.moved
    )


def _key_in_reach(context: Context, job: JobRun, head: Act) -> str:
    """A clause that names the key: the job's own, or of a step that is not over when the code arrives."""
    if any(gate.mints for gate in job.gates):
        return "a job key"
    later = [act for act in job.acts if act.order >= head.order or act.label.startswith("service ")]
    names = [_key(context, entry, None) for entry in job.entries]
    names += [name for act in later for name in _of_step(context, act)]
    return next((name for name in names if name), "")


def _of_step(context: Context, act: Act) -> Iterator[str]:
    if not is_gate(act.uses):
        for entry in (*act.own, *act.inputs.values()):
            yield _key(context, entry, act)
    yield from _written(act)


def _written(act: Act) -> Iterator[str]:
    for name in re.findall(r"secrets\.(\w+)", act.scalar.text) if act.scalar else ():
        if key_of(name):
            yield f"`{name}`"


def _key(context: Context, entry: Entry, act: Act | None) -> str:
    kinds = {source.kind for source in context.repo.sources.of(entry.value)}
    if Kind.JOB_KEY in kinds:
        return "a job key"
    if not kinds & {Kind.SECRET, Kind.VAR}:
        return ""
    names = [
        s.name for s in context.repo.sources.of(entry.value) if s.kind in (Kind.SECRET, Kind.VAR)
    ]
    agent = act is not None and action_of(act.uses) is not None and is_generic_key(entry.name)
    if key_of(entry.name) or agent or any(key_of(name) for name in names):
        return f"`{entry.name}`"
    return ""
