"""What a ledger holds, at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ci_tokengate.core.ledger.records import LedgerFacts, Spent
from ci_tokengate.core.money import add_exactly


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Spend in USD; `first` and `last` are local days with spend, None where there is none."""

    facts: LedgerFacts
    first: date | None
    last: date | None
    cost: Decimal
    attributed: Decimal
    open_cost: Decimal


def survey(facts: LedgerFacts, days: Iterable[Spent]) -> Survey:
    """`days` are all that there is, oldest first."""
    first = last = None
    cost = attributed = still_open = Decimal(0)
    for spent in days:
        first, last = first or spent.local_day, spent.local_day
        cost = add_exactly(cost, spent.cost)
        attributed = add_exactly(attributed, spent.cost if spent.attributed else Decimal(0))
        still_open = add_exactly(still_open, spent.open_cost)
    return Survey(
        facts=facts,
        first=first,
        last=last,
        cost=cost,
        attributed=attributed,
        open_cost=still_open,
    )
