"""Sums by day, so that a report need not read every entry; brought up to date by whoever reads.

Writers mark the days that they change. A refresh adds up the marked days anew from entries and
corrections and removes the marks that it saw, in one transaction with one view of the ledger: a mark
that it did not see stays, and its day is added up again next time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    union_all,
)

from ci_tokengate.adapters.ledger import payers
from ci_tokengate.adapters.ledger.session import Session
from ci_tokengate.adapters.ledger.tables import (
    CORRECTIONS,
    ENTRIES,
    KEYS,
    MARKS,
    MONTHS,
    ROLLUP,
    ROLLUP_TEAMS,
)
from ci_tokengate.adapters.ledger.types import USD
from ci_tokengate.core.ledger.entry import Bucket, EntryState
from ci_tokengate.core.ledger.months import month_of

_DAY = timedelta(days=1)
_AT_ONCE = 7 * _DAY
"""Days that are added up in one go: SQLite sorts them in memory, and a year of them would fill it."""


def refresh(session: Session) -> None:
    """Does nothing where nothing is marked, nor in a snapshot, which stays as it was taken."""
    if not session.in_snapshot and is_stale(session):
        session.write(lambda c: refreshed(session, c), snapshot=True)


def is_stale(session: Session) -> bool:
    return bool(session.read(lambda c: c.scalar(select(exists(select(MARKS.c.mark_no))))))


def refreshed(session: Session, connection: Connection) -> None:
    session.lock(connection, ROLLUP.name, "EXCLUSIVE")  # before the first view of anything
    marks = connection.execute(select(MARKS)).all()
    forgotten = {row.month: row.forgotten_before for row in connection.execute(select(MONTHS))}
    for first, end in spans({m.local_day for m in marks if not _gone(m.local_day, forgotten)}):
        payers.shift(connection, first, end, taken=True)
        for table, sums in ((ROLLUP, by_pull(first, end)), (ROLLUP_TEAMS, by_team(first, end))):
            old = delete(table).where(table.c.local_day >= first, table.c.local_day < end)
            connection.execute(old)
            connection.execute(insert(table).from_select([c.name for c in table.columns], sums))
        payers.shift(connection, first, end, taken=False)
    ids = [{"n": mark.mark_no} for mark in marks]
    if ids:
        connection.execute(delete(MARKS).where(MARKS.c.mark_no == bindparam("n")), ids)


def _gone(day: date, forgotten: Mapping[str, date | None]) -> bool:
    """Its entries were removed: the sums are all there is, and stay."""
    before = forgotten.get(month_of(day))
    return before is not None and day < before


def spans(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Days that follow each other as one, a week at most: first, and the day after the last."""
    first = last = None
    for day in sorted(days):
        if (
            last is not None
            and first is not None
            and (day - last > _DAY or day - first >= _AT_ONCE)
        ):
            yield first, last + _DAY
            first = None
        first, last = first or day, day
    if first is not None and last is not None:
        yield first, last + _DAY


def by_pull(first: date, end: date) -> Select[Any]:
    """As ROLLUP has them."""
    rows = _rows(first, end).subquery()
    dimensions = [
        rows.c.local_day,
        KEYS.c.proxy,
        rows.c.team_id,
        *(KEYS.c[name] for name in ("repository", "pull_request", "use_case")),
        rows.c.model,
        KEYS.c.cost_center,
    ]
    joined = rows.join(KEYS, KEYS.c.key_no == rows.c.key_no)
    return select(*dimensions, *_sums(rows)).select_from(joined).group_by(*dimensions)


def by_team(first: date, end: date) -> Select[Any]:
    """As ROLLUP_TEAMS has them."""
    rows = _rows(first, end).subquery()
    attributed = (KEYS.c.repository != "").label("attributed")
    dimensions = [rows.c.local_day, rows.c.day, KEYS.c.proxy, rows.c.team_id, attributed]
    joined = rows.join(KEYS, KEYS.c.key_no == rows.c.key_no)
    return select(*dimensions, *_sums(rows)).select_from(joined).group_by(*dimensions)


def _rows(first: date, end: date) -> Any:
    """Entries, and corrections by the day that they are booked on."""
    names = ("day", "key_no", "team_id", "model", "bucket", "requests", "unpriced", "tokens")
    e, c = ENTRIES.c, CORRECTIONS.c
    entries = select(
        *(e[name] for name in names),
        e.local_day,
        e.cost,
        e.state.label("state"),
        literal(value=0).label("corrects"),
    ).where(
        # a local day lies within one UTC day of its own: the first column of the key
        e.day >= first - _DAY,
        e.day < end + _DAY,
        e.local_day >= first,
        e.local_day < end,
    )
    corrections = select(
        *(c[name] for name in names),
        c.booked_on.label("local_day"),
        c.cost,
        literal(EntryState.CLOSED.value).label("state"),
        literal(value=1).label("corrects"),
    ).where(c.booked_on >= first, c.booked_on < end)
    return union_all(entries, corrections)


def _sums(rows: Any) -> list[ColumnElement[Any]]:
    """In the order of tables._sums."""

    def tokens(bucket: Bucket) -> ColumnElement[Any]:
        return func.sum(case((rows.c.bucket == bucket.value, rows.c.tokens), else_=0))

    def cost(condition: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.sum(case((condition, rows.c.cost), else_=literal_column("0")), type_=USD)

    return [
        func.sum(rows.c.cost, type_=USD),
        func.sum(rows.c.requests),
        func.sum(rows.c.unpriced),
        tokens(Bucket.INPUT),
        tokens(Bucket.OUTPUT),
        tokens(Bucket.CACHE_READ),
        tokens(Bucket.CACHE_WRITE),
        cost(rows.c.state == EntryState.OPEN.value),
        cost(rows.c.corrects == 1),
    ]
