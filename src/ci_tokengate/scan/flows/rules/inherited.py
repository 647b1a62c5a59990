"""TG003 at `secrets: inherit`: what the called workflow takes of all that it is given."""

from __future__ import annotations

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.names import key_of
from ci_tokengate.scan.flows.rules.arrives import called_jobs, context_of, taken
from ci_tokengate.scan.flows.rules.context import Context
from ci_tokengate.scan.flows.rules.handed import FIX, RULE, level_of
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
    used = [(job, name) for job in called_jobs(run) for name in sorted(taken(context, job))]
    if not used:
        return None
    levels = [level_of(context_of(context, job), None, key_of(name) or "llm") for job, name in used]
    level = Level.ERROR if any(found is Level.ERROR for found, _ in levels) else Level.WARNING
    message = f"Job {run.name!r} hands all secrets to {run.uses}, which uses `{used[0][1]}`."
    return context.at(run.file, place, RULE, level, message, FIX, "inherit", width=len(node.text))
