"""Hard-coded provider key."""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.rule import Rule

RULE = Rule(
    id="TG001",
    name="hardcoded-provider-key",
    level=Level.ERROR,
    sentence=(
        "A key of an AI provider is written into a file: as it is, in base64 (Kubernetes secrets), in "
        "escaped JSON (notebooks), in a URL."
    ),
    why=(
        "Whoever reads the repository can spend on it, without a cap and in nobody's budget; and one "
        "team with a key of its own breaks the attribution of all."
    ),
    fix=(
        "Revoke the key at the provider first: a commit that removes it leaves it in the history. In CI, "
        "let `ci-tokengate` mint a key for the job; elsewhere, read the key from a secret store."
    ),
    link="docs/rules/tg001.md",
)
