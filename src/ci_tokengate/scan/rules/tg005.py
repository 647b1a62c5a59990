"""Agent step not gated."""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.rule import Rule

RULE = Rule(
    id="TG005",
    name="agent-step-not-gated",
    level=Level.ERROR,
    sentence=(
        "A coding agent runs without a ci-tokengate step before it in the same job, or with a "
        "base URL that does not lead to the proxy. Each tool is read by what it honours: "
        "`OPENAI_BASE_URL` does nothing for Codex."
    ),
    why=(
        "An agent has no natural stopping point. Without the gate its team's hard stop does not "
        "hold it; past the proxy its cost is not seen. `mode: scan` gates nothing, `mode: gate` "
        "wires nothing, `export: output` sets no variable, `tools:` wires those it names only, "
        "and a gate with an `if:` that the agent does not share may never have run. A gate that "
        "refuses is a failed step: an agent with `if: failure()`, `always()` or `!cancelled()` "
        "runs all the same, also where the gate has that very `if:`."
    ),
    fix=(
        "Put `uses: org/ci-tokengate@v1` before the agent in its job, with the tool in "
        "`tools:`, and take base URLs of other origin out of the agent's step. "
        "openai/codex-action needs `responses-api-endpoint` as well. An agent that must run after "
        "a failure asks for the gate's success: "
        "`if: failure() && steps.gate.outcome == 'success'`, behind a gate with `if: failure()`."
    ),
    link="docs/rules/tg005.md",
)
