"""A suppression without a reason."""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.rule import Rule

RULE = Rule(
    id="TG011",
    name="suppression-without-reason",
    level=Level.ERROR,
    sentence='A suppression has no `reason="…"`, so it does not count.',
    why="Whoever reads it next has to know why the finding may stay.",
    fix='Write the reason: `# tokengate: ignore[TG003] reason="…"`, if need be with `until=2027-01-31`.',
    link="docs/rules/tg011.md",
)
