"""The ledger, as commands see it. Money is USD, days are the ledger's, times are UTC.

Every call may raise UndecidedError (locked, gone, disk full) or UsageError (a newer schema, a file
that is no ledger, read-only); what was not accepted whole was not accepted at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from ci_tokengate.core.ledger.entry import Cell, LedgerKey
from ci_tokengate.core.ledger.records import (
    Accepted,
    BudgetRecord,
    DayRead,
    DayTotal,
    LedgerFacts,
    Merge,
    Payer,
    PullRecord,
    PullsRead,
    Spent,
    TeamDay,
)

Portion = tuple[Sequence[Cell], Sequence[LedgerKey]]
"""Cells, and the keys that they are of."""


class Ledger(Protocol):
    """Writers may be many and at once, and each may be ended at any moment."""

    def snapshot(self) -> AbstractContextManager[None]:
        """All that is read in the block is of one moment, whatever is written meanwhile. Nothing is written in it."""
        ...

    def facts(self) -> LedgerFacts: ...

    def accept(self, cells: Sequence[Cell], keys: Sequence[LedgerKey]) -> Accepted:
        """Cells and whose they are, all or none. A cell is kept where its version is newer.

        The same version only settles what was open. For a closed month the difference becomes a
        correction, booked on today's local day; a version brings its correction once.
        """
        ...

    def accept_all(self, portions: Callable[[], Iterable[Portion]]) -> Accepted:
        """The same of many portions, still all or none; one of them at a time is in memory.

        `portions` is asked again where a try has to be repeated. Each portion's keys come after the
        last one's, by proxy and id: so no two writers wait for each other.
        """
        ...

    def put_pulls(self, pulls: Sequence[PullRecord]) -> None:
        """Kept where `updated_at` is newer."""
        ...

    def put_pulls_read(self, read: PullsRead) -> None:
        """Joined with what is there: `since` is the earlier, `until` the later."""
        ...

    def pulls_read(self) -> list[PullsRead]:
        """Of all repositories of which any reading was begun."""
        ...

    def put_budgets(self, budgets: Sequence[BudgetRecord]) -> None: ...

    def put_team_days(self, days: Sequence[TeamDay]) -> None:
        """Kept where `read_at` is newer."""
        ...

    def put_day_read(self, read: DayRead) -> None:
        """Kept where `read_at` is newer. A settled day settles its open entries."""
        ...

    def days_read(self, proxy: str = "") -> list[DayRead]:
        """Oldest first; of all proxies where none is named."""
        ...

    def pulls_until(self, host: str, repository: str) -> datetime | None:
        """The newest `updated_at` that is here: where a reading goes on."""
        ...

    def repositories(self) -> list[str]:
        """All that keys were minted for."""
        ...

    def rename_repository(self, old: str, new: str) -> None:
        """Keys and pull requests under `old` are under `new` from now on: it was renamed, or moved."""
        ...

    def spent(self, first: date, end: date) -> Iterator[Spent]:
        """Of the local days from `first` up to and without `end`."""
        ...

    def spent_by_team(self, first: date, end: date) -> Iterator[Spent]:
        """The same by day, proxy, team and `attributed` alone, the rest empty: for a year's trend."""
        ...

    def day_totals(self, first: date, end: date) -> Iterator[DayTotal]:
        """Of those local days, by team: what a trend needs."""
        ...

    def merges(self, first: datetime, end: datetime) -> Iterator[Merge]:
        """Pull requests merged from `first` up to and without `end`, and who paid most for each."""
        ...

    def payers(self) -> Iterator[Payer]:
        """Who ever spent on each repository."""
        ...

    def pulls(self, first: datetime, end: datetime) -> Iterator[PullRecord]:
        """Those merged or closed from `first` up to and without `end`, and those with spend then."""
        ...

    def budgets(self, until: datetime) -> list[BudgetRecord]:
        """The last of each team before `until`."""
        ...

    def team_days(self, first: date, end: date) -> Iterator[TeamDay]:
        """By UTC day."""
        ...

    def team_totals(self, first: date, end: date) -> Iterator[TeamDay]:
        """The ledger's own totals in the same form, by UTC day, corrections included."""
        ...

    def cells(
        self, first: date, end: date, *, teams: Collection[str] = ()
    ) -> Iterator[tuple[Cell, LedgerKey]]:
        """By UTC day; read as it is consumed. Without corrections. Of these team ids, or of all."""
        ...

    def corrections(self, first: date, end: date) -> Iterator[tuple[date, Cell, LedgerKey]]:
        """Booked on these local days: the day, the difference as a cell, and whose it is."""
        ...

    def close_month(self, month: str, *, unread: bool = False) -> None:
        """`2026-10`, by local day. Raises UsageError where it has not ended, or has open entries.

        Also where days of it were not read to their end, of a proxy that was read before; not with `unread`.
        """
        ...

    def forget_before(self, day: date) -> int:
        """Retention: how many entries of closed months before that local day were removed."""
        ...
