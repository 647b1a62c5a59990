"""What a sheet is, and what stands in its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ci_tokengate.render.data import printable

_LONGEST = 255
Cell = str | int | Decimal | None
"""None is an empty cell: there is no such figure."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """`kind` as XlsxWriter names it; `columns` are its series, their names the head's."""

    kind: str
    title: str
    columns: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`usd` and `percent` are columns; a percentage is a share of 1. `chart` stands beside the table."""

    name: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    usd: tuple[int, ...] = ()
    percent: tuple[int, ...] = ()
    chart: Chart | None = None


def name_cell(text: str, nothing: str) -> str:
    return printable(text, _LONGEST) if text else nothing


def hundredth(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent / 100
