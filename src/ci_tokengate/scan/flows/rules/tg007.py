"""TG007: a tool that no setting brings to the proxy."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.rules.context import Context, step_name
from ci_tokengate.scan.flows.uses import use_place

RULE = "TG007"


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
            "Use a tool that takes a base URL, or accept it as unmetered with a suppression that says so.",
            f"{use.agent.name}|{use.act.label}",
            width=width,
        )
        if found:
            yield found
