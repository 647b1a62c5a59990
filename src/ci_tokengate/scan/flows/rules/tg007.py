"""TG007: a tool that no setting brings to the proxy."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.rules.context import Context, step_name
from ci_tokengate.scan.flows.uses import use_place

RULE = "TG007"
_ACCEPT = "or accept it as unmetered with a suppression that says so."
_FIX = f"Use a tool that takes a base URL, {_ACCEPT}"
_FIX_COPILOT = f"Put the ci-tokengate step with `tools: copilot` before it, {_ACCEPT}"


def find(context: Context) -> Iterator[Finding]:
    for use in context.uses:
        if use.metered or (use.action is None and use.agent.name == "copilot" and use.gated):
            continue
        file, place, width = use_place(use)
        found = context.at(
            file,
            place,
            RULE,
            Level.WARNING,
            f"Job {context.run.name!r}, {step_name(use.act)}: {use.agent.label} cannot be brought to the proxy:"
            f" {use.agent.unmetered}",
            _FIX_COPILOT if use.agent.name == "copilot" else _FIX,
            f"{use.agent.name}|{use.act.label}",
            width=width,
        )
        if found:
            yield found
