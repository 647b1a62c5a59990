"""Hard-coded proxy key."""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.rule import Rule

RULE = Rule(
    id="TG002",
    name="hardcoded-proxy-key",
    level=Level.ERROR,
    sentence="A key of the proxy is written into a file: a LiteLLM master or virtual key, a Portkey key.",
    why=(
        "A virtual key spends in a team's name until somebody notices; a master key changes every "
        "budget there is."
    ),
    fix=(
        "Revoke it at the proxy (`ci-tokengate scan --revoke-found` does so for keys of this proxy), and "
        "let the job take a short-lived key from `ci-tokengate`."
    ),
    link="docs/rules/tg002.md",
)
