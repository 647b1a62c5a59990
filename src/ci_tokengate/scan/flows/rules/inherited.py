"""TG003 at `secrets: inherit`: what the called workflow takes of all that it is given."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.github.gate import is_gate
from ci_tokengate.scan.flows.github.model import JobRun
from ci_tokengate.scan.flows.names import key_of
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.rules.handed import FIX, RULE, level_of, secrets_in, whose_key
from ci_tokengate.scan.flows.uses import agent_uses
from ci_tokengate.scan.flows.yaml import Scalar


def inherited(context: Context, node: Scalar) -> Finding | None:
    run = context.run
    place = (node.line, node.column)
    if not run.callee_known:
        message = f"Job {run.name!r} hands all secrets to {run.uses}; whether it uses a provider's cannot be told."
        fix = "Name the secrets that it needs."
        return context.at(
            run.file, place, RULE, Level.NOTE, message, fix, "inherit", width=len(node.text)
        )
    used = [(job, name) for job in _jobs(run) for name in sorted(_used(job, context))]
    if not used:
        return None
    levels = [
        level_of(_context_of(context, job), None, key_of(name) or "llm") for job, name in used
    ]
    level = Level.ERROR if any(found is Level.ERROR for found, _ in levels) else Level.WARNING
    message = f"Job {run.name!r} hands all secrets to {run.uses}, which uses `{used[0][1]}`."
    return context.at(run.file, place, RULE, level, message, FIX, "inherit", width=len(node.text))


def _jobs(run: JobRun) -> Iterator[JobRun]:
    for job in run.callee:
        yield job
        yield from _jobs(job)


def _context_of(context: Context, run: JobRun) -> Context:
    return Context(repo=context.repo, run=run, uses=agent_uses(run, context.repo))


def _used(run: JobRun, context: Context) -> set[str]:
    """The provider secrets that a job takes."""
    found: set[str] = set()
    entries = [(e, None) for e in run.entries] + [
        (e, act)
        for act in run.acts
        if not is_gate(act.uses)
        for e in (*act.own, *act.inputs.values())
    ]
    for entry, act in entries:
        whose, names = whose_key(context, entry, act)
        if whose:
            found |= names
    for act in run.acts:
        if act.scalar is not None:
            found |= {name for name in secrets_in(act.scalar.text) if key_of(name)}
    return found
