"""What a table is, whatever shows it."""

from __future__ import annotations

from dataclasses import dataclass

from ci_tokengate.core.tier import Tier
from ci_tokengate.render.showback.phrases import (
    Line,
    Name,
)

NO_TEAM, NO_CENTER, NOT_A_JOB = "(no team)", "(none)", "(unattributed)"


@dataclass(frozen=True)
class Row:
    """`tier` colours it where there is colour. A total stands last and is set apart."""

    cells: tuple[str | Name, ...]
    total: bool = False
    tier: Tier = Tier.NONE


@dataclass(frozen=True)
class Table:
    """`words` columns, from the left, hold names and words; the others are figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    words: int = 1
    notes: tuple[Line, ...] = ()


def named(text: str, nothing: str) -> str | Name:
    return Name(text) if text else nothing
