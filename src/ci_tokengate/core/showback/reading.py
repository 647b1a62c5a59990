"""What a report is made of, as the ledger hands it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ci_tokengate.core.ledger.records import (
    BudgetRecord,
    DayRead,
    DayTotal,
    Merge,
    Payer,
    PullRecord,
    PullsRead,
    Spent,
    TeamDay,
)
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.showback.period import Month

MONTHS = 12
WEEKS = 13


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`spent` and `pulls` are of the month: pull requests that ended in it, or that it spent on.

    `days` (by team) are those before the month, as far as the trend reaches back; `merges` reach as
    far, and up to now, so that what was reverted later is known. `reads` are of all proxies.
    """

    month: Month
    zone: str
    now: datetime
    closed: bool
    spent: Sequence[Spent]
    days: Sequence[DayTotal]
    pulls: Sequence[PullRecord]
    merges: Sequence[Merge]
    payers: Sequence[Payer]
    budgets: Sequence[BudgetRecord]
    at_proxy: Sequence[TeamDay]
    in_ledger: Sequence[TeamDay]
    reads: Sequence[DayRead]
    pulls_read: Sequence[PullsRead]
    policy: Policy | None = None


def trend_begins(month: Month) -> Month:
    """The month that the trend begins with; its weeks all lie after that."""
    return month.back(MONTHS - 1)
