"""The port, on one database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from ci_tokengate.adapters.ledger import (
    accept,
    cells,
    closing,
    payers,
    puts,
    reads,
    renames,
    rollup,
)
from ci_tokengate.adapters.ledger.privacy import veil
from ci_tokengate.adapters.ledger.schema import SCHEMAS, settings
from ci_tokengate.adapters.ledger.session import Session
from ci_tokengate.adapters.ledger.tables import MONTHS
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
from ci_tokengate.ports.ledger import Portion

_SNAPSHOTS = 5
"""How often one is taken anew because a writer came between."""

if TYPE_CHECKING:
    from ci_tokengate.adapters.ledger.alerts import SqlAlertBook


class SqlLedger:
    """Implements ports.ledger.Ledger. A `with` closes it: then a SQLite ledger is one file again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._settings = session.read(settings)
        self._zone = ZoneInfo(self._settings["zone"])

    def __enter__(self) -> SqlLedger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._session.engine.dispose()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """With sums that are up to date, unless writers are faster than they can be added up."""
        session = self._session
        if session.in_snapshot:
            yield
            return
        for left in reversed(range(_SNAPSHOTS)):
            rollup.refresh(session)
            with session.snapshot():
                if not left or not rollup.is_stale(session):
                    yield
                    return

    def alert_book(self) -> SqlAlertBook:
        from ci_tokengate.adapters.ledger.alerts import SqlAlertBook  # a report needs no pydantic

        return SqlAlertBook(self._session)

    def facts(self) -> LedgerFacts:
        query = select(MONTHS.c.month, MONTHS.c.forgotten_before).order_by(MONTHS.c.month)
        months = self._session.read(lambda c: [(r.month, r[1]) for r in c.execute(query)])
        return LedgerFacts(
            zone=self._settings["zone"],
            schema=SCHEMAS[-1],
            actors=self._settings["actors"],
            closed_months=tuple(month for month, _ in months),
            forgotten=tuple((month, before) for month, before in months if before),
        )

    def accept(self, cells: Sequence[Cell], keys: Sequence[LedgerKey]) -> Accepted:
        return self.accept_all(lambda: [(cells, keys)])

    def accept_all(self, portions: Callable[[], Iterable[Portion]]) -> Accepted:
        def work(connection: Connection) -> Accepted:
            self._session.lock(connection, MONTHS.name, "SHARE")
            return accept.accept_all(connection, portions(), self._today())

        return self._session.write(work)

    def put_pulls(self, pulls: Sequence[PullRecord]) -> None:
        hidden = veil(self._settings)
        self._session.write(lambda c: puts.put_pulls(c, pulls, hidden))

    def put_pulls_read(self, read: PullsRead) -> None:
        self._session.write(lambda c: puts.put_pulls_read(c, read))

    def pulls_read(self) -> list[PullsRead]:
        return [reads.pulls_read_of(row) for row in self._session.stream(reads.pulls_read())]

    def put_budgets(self, budgets: Sequence[BudgetRecord]) -> None:
        self._session.write(lambda c: puts.put_budgets(c, budgets))

    def put_team_days(self, days: Sequence[TeamDay]) -> None:
        self._session.write(lambda c: puts.put_team_days(c, days))

    def put_day_read(self, read: DayRead) -> None:
        self._session.write(lambda c: puts.put_day_read(c, read))

    def days_read(self, proxy: str = "") -> list[DayRead]:
        return [reads.day_read_of(row) for row in self._session.stream(reads.days_read(proxy))]

    def pulls_until(self, host: str, repository: str) -> datetime | None:
        query = reads.pulls_until(host, repository)
        found: datetime | None = self._session.read(lambda c: c.scalar(query))
        return found

    def repositories(self) -> list[str]:
        return self._session.read(lambda c: list(c.scalars(reads.repositories())))

    def rename_repository(self, old: str, new: str) -> None:
        self._session.write(lambda c: renames.rename(c, old, new))

    def spent(self, first: date, end: date) -> Iterator[Spent]:
        rollup.refresh(self._session)
        yield from map(reads.spent_of, self._session.stream(reads.spent(first, end)))

    def spent_by_team(self, first: date, end: date) -> Iterator[Spent]:
        rollup.refresh(self._session)
        rows = self._session.stream(reads.spent_by_team(first, end))
        yield from map(reads.team_spent_of, rows)

    def pulls(self, first: datetime, end: datetime) -> Iterator[PullRecord]:
        rollup.refresh(self._session)
        last = (end - datetime.resolution).astimezone(self._zone).date()
        days = (first.astimezone(self._zone).date(), last + timedelta(days=1))
        rows = self._session.stream(reads.pulls(first, end, days))
        yield from map(reads.pull_of, rows)

    def day_totals(self, first: date, end: date) -> Iterator[DayTotal]:
        rollup.refresh(self._session)
        for row in self._session.stream(reads.day_totals(first, end)):
            yield DayTotal(*row)

    def merges(self, first: datetime, end: datetime) -> Iterator[Merge]:
        rollup.refresh(self._session)
        for row in self._session.stream(payers.merges(first, end)):
            yield Merge(*row)

    def payers(self) -> Iterator[Payer]:
        rollup.refresh(self._session)
        yield from map(payers.payer_of, self._session.stream(payers.of_repositories()))

    def budgets(self, until: datetime) -> list[BudgetRecord]:
        return [reads.budget_of(row) for row in self._session.stream(reads.budgets(until))]

    def team_days(self, first: date, end: date) -> Iterator[TeamDay]:
        yield from map(reads.team_day_of, self._session.stream(reads.team_days(first, end)))

    def team_totals(self, first: date, end: date) -> Iterator[TeamDay]:
        rollup.refresh(self._session)
        now = self._session.clock.now()
        for row in self._session.stream(reads.team_totals(first, end)):
            yield TeamDay(read_at=now, **row._mapping)

    def cells(
        self, first: date, end: date, *, teams: Collection[str] = ()
    ) -> Iterator[tuple[Cell, LedgerKey]]:
        yield from cells.cells_of(self._session.stream(cells.cells(first, end, teams)))

    def corrections(self, first: date, end: date) -> Iterator[tuple[date, Cell, LedgerKey]]:
        yield from cells.corrections_of(self._session.stream(cells.corrections(first, end)))

    def close_month(self, month: str, *, unread: bool = False) -> None:
        def work(connection: Connection) -> None:
            self._session.lock(connection, MONTHS.name, "EXCLUSIVE")
            now = self._session.clock.now()
            closing.close_month(connection, month, self._today(), now, unread=unread)

        self._session.write(work)

    def forget_before(self, day: date) -> int:
        def work(connection: Connection) -> int:
            self._session.lock(connection, MONTHS.name, "EXCLUSIVE")
            rollup.refreshed(self._session, connection)
            return closing.forget(connection, day)

        return self._session.write(work, snapshot=True)

    def _today(self) -> date:
        return self._session.clock.now().astimezone(self._zone).date()
