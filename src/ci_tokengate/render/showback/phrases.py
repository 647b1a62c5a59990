"""Sentences with names in them. Each form of the report hides names from its markup in its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from ci_tokengate.core.showback.values import Period, PerPull, Told
from ci_tokengate.render.money import percent, usd

NOT_KNOWN = "n/a"
UNKNOWN = "unknown"
"""Nobody has looked; "n/a" is that there is no such figure."""


@dataclass(frozen=True)
class Name:
    """What strangers chose: a team, a use case, a model, an address."""

    text: str


Line = tuple["str | Name", ...]


def written(line: Line, name: Callable[[str], str], plain: Callable[[str], str] = str) -> str:
    """The line as one text; `name` makes a name harmless."""
    return "".join(name(p.text) if isinstance(p, Name) else plain(p) for p in line)


def money(amount: Decimal | None) -> str:
    """`$1,234.50`, `−$2.00`, `n/a`."""
    if amount is None:
        return NOT_KNOWN
    return f"−{usd(-amount)}" if amount < 0 else usd(amount)


def merged(found: PerPull) -> str:
    """How many: `85`, `≥ 85` where not all were read, `unknown` where none was."""
    if found.told is Told.UNKNOWN:
        return UNKNOWN
    return f"≥ {found.merged:,}" if found.told is Told.AT_LEAST else f"{found.merged:,}"


def each(found: PerPull, amount: Decimal | None) -> str:
    """`amount` (USD) for each merged one; at most that, where more of them may have been merged."""
    if found.told is Told.UNKNOWN:
        return UNKNOWN
    at_most = "≤ " if amount is not None and found.told is Told.AT_LEAST else ""
    return f"{at_most}{money(amount)}"


def merged_in(period: Period) -> str:
    return UNKNOWN if period.merged is None else f"{period.merged:,}"


def output(period: Period) -> Decimal | None:
    return None if period.merged is None else Decimal(period.merged)


def share(part: Decimal | None) -> str:
    """A share of 1 as `61.9 %`; `n/a`."""
    return NOT_KNOWN if part is None else percent(part * 100)


def hundredths(value: Decimal | None) -> str:
    """Percent as `61.9 %`; `n/a`."""
    return NOT_KNOWN if value is None else percent(value)


def index(value: Decimal | None) -> str:
    if value is None:
        return NOT_KNOWN
    return f"{value.quantize(Decimal(1), rounding=ROUND_HALF_EVEN):,}"


def tokens(number: int) -> str:
    """`9,999`, `812 k`, `1,043.2 M`."""
    if number < 10_000:
        return f"{number:,}"
    if number < 1_000_000:
        return f"{number / 1000:,.0f} k"
    return f"{number / 1_000_000:,.1f} M"


def change(now: Decimal | None, before: Decimal | None) -> str:
    """`+12 %`, `−4 %`, `±0 %`; empty where one of them is not known or nothing."""
    if now is None or not before:
        return ""
    part = ((now - before) * 100 / before).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    return f"{'+' if part > 0 else '−' if part < 0 else '±'}{abs(part):,} %"


def month_name(first: date) -> str:
    return f"{first:%B %Y}"


def span(first: date, end: date) -> str:
    """`1–31 October 2026`; `end` is the first day that is out."""
    last = end - timedelta(days=1)
    return f"{first.day}–{last.day} {last:%B %Y}"


def moment(when: datetime) -> str:
    """`9 Nov 2026 08:00 UTC`."""
    return f"{when.day} {when:%b %Y %H:%M} UTC"


def short_day(day: date) -> str:
    return f"{day.day} {day:%b}"
