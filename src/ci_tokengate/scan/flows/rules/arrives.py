"""Where a secret that is handed on arrives: in the jobs of a called workflow, in the steps of a composite action.

What counts is whether the proxy's base URL is in effect there: a called workflow sees nothing of its caller's `env:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.flows.github.gate import is_gate
from ci_tokengate.scan.flows.github.model import Act, Entry, JobRun
from ci_tokengate.scan.flows.names import key_of
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.rules.handed import level_of, secrets_in, whose_key
from ci_tokengate.scan.flows.uses import agent_uses


def level_there(
    context: Context, act: Act | None, whose: str, names: set[str]
) -> tuple[Level, bool]:
    """As `level_of`, by the places where secrets of these names are used, if any can be seen."""
    there = [level_of(at, inner, whose) for at, inner in _arrivals(context, act, names)]
    worst = next((found for found in there if found[0] is Level.ERROR), None)
    return worst or (there[0] if there else level_of(context, act, whose))


def _arrivals(
    context: Context, act: Act | None, names: set[str]
) -> Iterator[tuple[Context, Act | None]]:
    if act is None:
        for job in called_jobs(context.run):
            if names & taken(context, job):
                yield context_of(context, job), None
    elif act.uses.startswith("./") and not act.inner:
        for inner in context.run.acts:
            of_it = inner.inner and inner.at == act.at and not inner.uses.startswith("./")
            if of_it and names & _taken_by(context, [], [inner]):
                yield context, inner


def called_jobs(run: JobRun) -> Iterator[JobRun]:
    """The jobs of the workflow that a job calls, and of those that it calls in turn."""
    for job in run.callee:
        yield job
        yield from called_jobs(job)


def context_of(context: Context, run: JobRun) -> Context:
    return Context(repo=context.repo, run=run, uses=agent_uses(run, context.repo))


def taken(context: Context, run: JobRun) -> set[str]:
    """The provider secrets that a job takes."""
    return _taken_by(context, run.entries, run.acts)


def _taken_by(context: Context, entries: list[Entry], acts: list[Act]) -> set[str]:
    found: set[str] = set()
    given: list[tuple[Entry, Act | None]] = [(entry, None) for entry in entries]
    for act in acts:
        if not is_gate(act.uses):
            given += [(entry, act) for entry in (*act.own, *act.inputs.values())]
        if act.scalar is not None:
            found |= {name for name in secrets_in(act.scalar.text) if key_of(name)}
    for entry, act_of_it in given:
        whose, names = whose_key(context, entry, act_of_it)
        if whose:
            found |= names
    return found
