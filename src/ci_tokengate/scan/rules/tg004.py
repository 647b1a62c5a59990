"""Direct provider endpoint."""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.rule import Rule

RULE = Rule(
    id="TG004",
    name="direct-provider-endpoint",
    level=Level.ERROR,
    sentence=(
        "A base URL, a curl command or an SDK setting leads to a provider's own host. An error "
        "in workflows, Compose files, devcontainers and agents' settings; a warning in code and "
        "`.env` files."
    ),
    why=(
        "What is dialled directly is in no budget and in no report, whichever key it uses. A "
        "base URL in a setting also wins over the variables that the gate sets."
    ),
    fix=(
        "Leave the base URL to the environment (`ANTHROPIC_BASE_URL`, `OPENAI_BASE_URL`, "
        "`GOOGLE_GEMINI_BASE_URL`), which the gate points at the proxy. Hosts that are meant to "
        "be called directly go into `scan.allowed-hosts` of the policy."
    ),
    link="docs/rules/tg004.md",
)
