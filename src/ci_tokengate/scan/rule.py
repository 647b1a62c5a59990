"""What a rule is, for people: its page in docs/rules, its entry in SARIF, its line in the terminal."""

from __future__ import annotations

from dataclasses import dataclass

from ci_tokengate.scan.finding import Level


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`sentence` is what it finds, `why` what goes wrong otherwise, `fix` what to do; Markdown."""

    id: str
    name: str
    level: Level
    sentence: str
    why: str
    fix: str
    link: str
