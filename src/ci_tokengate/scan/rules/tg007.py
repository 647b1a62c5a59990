"""Tool cannot be proxied."""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.rule import Rule

RULE = Rule(
    id="TG007",
    name="tool-cannot-be-proxied",
    level=Level.WARNING,
    sentence=(
        "A tool that no setting brings to the proxy, such as Cursor's CLI, or Copilot's without "
        "a provider of its own."
    ),
    why=(
        "It is billed by seat or by its vendor. That is no failure, but its use is missing from "
        "every figure about cost, and no budget stops it."
    ),
    fix=(
        "Use a tool that takes a base URL where the cost matters (Copilot's CLI does with "
        "`COPILOT_PROVIDER_BASE_URL`), or accept it as unmetered with a suppression that says "
        "so."
    ),
    link="docs/rules/tg007.md",
)
