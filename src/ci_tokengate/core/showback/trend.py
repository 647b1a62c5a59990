"""Spend trend against output trend: months and ISO weeks, both indexed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from ci_tokengate.core.ledger.records import DayTotal, Spent
from ci_tokengate.core.showback.period import Month, weeks_before
from ci_tokengate.core.showback.reading import MONTHS, WEEKS
from ci_tokengate.core.showback.values import Period, ratio

Spends = Mapping[date, Decimal]
Merges = Mapping[date, int]
Span = tuple[str, date, date]
Known = Callable[[date, date], bool]
"""Were pull requests read for these days?"""


def months_of(
    month: Month, today: date, spends: Spends, merges: Merges, known: Known
) -> tuple[Period, ...]:
    """Up to and with `month`, which is partial while it lasts."""
    spans = [(str(m), m.first, m.end) for m in (month.back(n) for n in range(MONTHS - 1, -1, -1))]
    return _indexed(spans, today, spends, merges, known)


def weeks_of(
    month: Month, today: date, spends: Spends, merges: Merges, known: Known
) -> tuple[Period, ...]:
    """Whole ones only, up to the month's end or today."""
    spans = weeks_before(min(month.end, today), WEEKS)
    return _indexed(spans, today, spends, merges, known)


def by_team(days: Iterable[DayTotal | Spent]) -> dict[str, dict[date, Decimal]]:
    found: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for day in days:
        found[day.team_id][day.local_day] += day.cost
    return found


def together(series: Iterable[Mapping[date, Decimal]]) -> dict[date, Decimal]:
    found: dict[date, Decimal] = defaultdict(Decimal)
    for each in series:
        for day, amount in each.items():
            found[day] += amount
    return found


def _indexed(
    spans: Sequence[Span], today: date, spends: Spends, merges: Merges, known: Known
) -> tuple[Period, ...]:
    periods = [_period(span, today, spends, merges, known) for span in spans]
    spend_base = next((p.spend for p in periods if p.spend > 0), None)
    output_base = next((p.merged for p in periods if p.merged), None)
    return tuple(
        replace(
            p,
            spend_index=p.spend * 100 / spend_base if spend_base else None,
            output_index=None if p.merged is None else ratio(p.merged * 100, output_base or 0),
        )
        for p in periods
    )


def _period(span: Span, today: date, spends: Spends, merges: Merges, known: Known) -> Period:
    label, first, end = span
    days = [first + timedelta(days=n) for n in range((end - first).days)]
    merged = sum(merges[d] for d in days if d in merges)
    return Period(
        label=label,
        first=first,
        end=end,
        spend=sum((spends[d] for d in days if d in spends), Decimal(0)),
        merged=merged if merged or known(first, end) else None,
        partial=first <= today < end,
    )
