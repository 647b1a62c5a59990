"""A suppression past its date."""

from __future__ import annotations

from ci_tokengate.scan.finding import Level
from ci_tokengate.scan.rule import Rule

RULE = Rule(
    id="TG010",
    name="suppression-ended",
    level=Level.ERROR,
    sentence="A suppression is past its `until` date, and what it suppresses is still there.",
    why="A date was agreed on because the exception was not meant to last.",
    fix="Mend what it suppresses, or agree on a new date and write it down.",
    link="docs/rules/tg010.md",
)
