"""Days of a proxy's log, each read whole and written whole, however often and by however many.

A day that has as many rows as when it was read last is not read again. What was read while the day
could still grow is provisional: it is read once more, in full, when a day has passed since its end,
and settles when the reading after that finds nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal

from ci_tokengate.core.ledger.accrue import Accrual
from ci_tokengate.core.ledger.collected import Day, Outcome
from ci_tokengate.core.ledger.gone import gone
from ci_tokengate.core.ledger.records import DayRead, TeamDay
from ci_tokengate.core.ledger.sources import Sight
from ci_tokengate.lifecycle.keybook import KeyBook
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.ports.spend_log import SpendLog

SETTLES_AFTER = timedelta(hours=24)
"""After a day's end: late rows have come by then."""
_PROGRESS = 1000
_QUIET = 2

Progress = Callable[[date, int], None]
"""The day, and how many of its rows have been read."""


class Days:
    """Reads days of `log` into `ledger`, from the newest to the oldest."""

    def __init__(self, log: SpendLog, ledger: Ledger, sight: Sight, zone: tzinfo) -> None:
        self._log, self._ledger, self._sight, self._zone = log, ledger, sight, zone
        self._book = KeyBook(log)
        self._before = {read.day: read for read in ledger.days_read(log.proxy)}

    def read(self, day: date, progress: Progress) -> Day:
        """Raises what SpendLog and Ledger raise; what was written of a day is then whole, or nothing."""
        before = self._before.get(day)
        if before is not None and before.whole != self._sight.whole:
            before = None if self._sight.whole else before
            return self._read(day, before, self._log.row_count(day), progress)
        count = self._log.row_count(day)
        same = before is not None and before.rows == count
        if before is None or not same:
            return self._read(day, before, count, progress)
        if before.settled:
            return Day(day=day, outcome=Outcome.SETTLED, settled=True, gone=before.gone)
        if not self._late(day):
            self._put(day, count, quiet=0, lost=before.gone)
            return Day(day=day, outcome=Outcome.UNCHANGED, settled=False, gone=before.gone)
        if before.quiet == 0:
            return self._read(day, before, count, progress)
        self._put(day, count, quiet=before.quiet + 1, lost=before.gone)
        return Day(day=day, outcome=Outcome.SETTLED, settled=True, gone=before.gone)

    def _read(self, day: date, before: DayRead | None, count: int, progress: Progress) -> Day:
        """In full. `count` was taken before: rows that come meanwhile make the next one differ."""
        accrual = Accrual(self._log.proxy, self._zone)
        for row in self._log.rows(day):
            accrual.add(row)
            if accrual.rows % _PROGRESS == 0:
                progress(day, accrual.rows)
        progress(day, accrual.rows)
        known = self._book.facts(day, accrual.ours())
        accepted = self._ledger.accept_all(lambda: accrual.portions(known))
        lost = self._gone(day, before, count, accrual)
        new = accepted.new + accepted.newer + accepted.corrections
        kept = before is not None and before.settled and not new
        quiet = (_QUIET if kept else 1) if self._late(day) else 0
        self._put(day, count, quiet=quiet, lost=lost, teams=accrual.teams())
        return Day(
            day=day,
            outcome=Outcome.READ,
            settled=quiet >= _QUIET,
            rows=accrual.rows,
            accepted=accepted,
            gone=lost,
        )

    def _gone(self, day: date, before: DayRead | None, count: int, accrual: Accrual) -> Decimal:
        """Judged where the log has become shorter, and where it cannot grow any more."""
        known = before.gone if before else Decimal(0)
        shorter = before is not None and count < before.rows
        if not self._sight.whole or not (shorter or self._late(day)):
            return known
        kept = (cell for cell, _ in self._ledger.cells(day, day + timedelta(days=1)))
        return gone(kept, accrual.find, self._log.proxy)

    def _put(
        self, day: date, count: int, *, quiet: int, lost: Decimal, teams: Iterable[str] = ()
    ) -> None:
        """Whoever sees less than all says nothing about a day that another has read whole."""
        before = self._before.get(day)
        if before is not None and before.whole and not self._sight.whole:
            return
        if self._sight.whole:
            self._ledger.put_team_days(self._sums(day, teams))
        self._ledger.put_day_read(
            DayRead(
                proxy=self._log.proxy,
                day=day,
                rows=count,
                read_at=self._sight.now,
                quiet=quiet,
                settled=quiet >= _QUIET,
                whole=self._sight.whole,
                gone=lost,
            )
        )

    def _sums(self, day: date, teams: Iterable[str]) -> Sequence[TeamDay]:
        """The proxy's; a team of `teams` that it leaves out has none there, which is a figure too."""
        told = list(self._log.team_days(day))
        silent = sorted(set(teams) - {each.team_id for each in told})
        nothing = (
            TeamDay(
                proxy=self._log.proxy,
                team_id=team_id,
                day=day,
                spend=Decimal(0),
                read_at=self._sight.now,
            )
            for team_id in silent
        )
        return [*told, *nothing]

    def _late(self, day: date) -> bool:
        """By the proxy's clock, which is the one that dates its rows."""
        end = datetime.combine(day, time(), timezone.utc) + timedelta(days=1)
        return self._sight.now >= end + SETTLES_AFTER
