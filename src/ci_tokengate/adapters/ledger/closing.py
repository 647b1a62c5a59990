"""Months closed, and entries of closed months forgotten."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from ci_tokengate.adapters.ledger.tables import CORRECTIONS, DAYS_READ, ENTRIES, KEYS, MONTHS, PULLS
from ci_tokengate.core.ledger.entry import EntryState
from ci_tokengate.core.ledger.months import month_days
from ci_tokengate.errors import UsageError

_DAY = timedelta(days=1)


def close_month(
    connection: Connection, month: str, today: date, now: datetime, *, unread: bool
) -> None:
    """Once closed it stays so. Raises UsageError as the port says."""
    first, end = month_days(month)
    if today < end:
        raise UsageError(
            f"{month} has not ended: it is {today} in the ledger's zone.",
            hint=f"Close it from {end} on.",
        )
    if connection.scalar(select(exists(select(MONTHS).where(MONTHS.c.month == month)))):
        return
    its = _entries(first, end)
    still_open = and_(its, ENTRIES.c.state == EntryState.OPEN.value)
    count, last = connection.execute(
        select(func.count(), func.max(ENTRIES.c.day)).where(still_open)
    ).one()
    if count:
        raise UsageError(
            f"{month} has {count:,} open entries, the last of {last}: more may come.",
            hint="Run collect until it says that these days are settled, then close the month.",
        )
    missing = [] if unread else _unread(connection, first, end)
    if missing:
        days = f"{missing[0]} to {missing[-1]}" if len(missing) > 1 else f"{missing[0]}"
        raise UsageError(
            f"{month} has {len(missing):,} {'day' if len(missing) == 1 else 'days'} that no collection has settled ({days}).",
            hint="Run collect over them until they are settled; or give --unread, where that proxy "
            "was not used any more: what comes for them later becomes corrections.",
        )
    connection.execute(insert(MONTHS).values(month=month, closed_at=now))
    connection.execute(update(ENTRIES).where(its).values(state=EntryState.CLOSED.value))


def _unread(connection: Connection, first: date, end: date) -> list[date]:
    """UTC days of [first, end) that some proxy's log was not read to its end for, once it was read at all."""
    d = DAYS_READ.c
    begun = connection.execute(select(d.proxy, func.min(d.day)).group_by(d.proxy)).all()
    within = and_(d.day >= first, d.day < end, d.settled)
    settled = {
        (proxy, day) for proxy, day in connection.execute(select(d.proxy, d.day).where(within))
    }
    days = [first + _DAY * n for n in range((end - first).days)]
    return [
        day
        for day in days
        if any(day >= since and (proxy, day) not in settled for proxy, since in begun)
    ]


def forget(connection: Connection, day: date) -> int:
    """The sums must be up to date: they are all that is left. Returns the number of entries removed."""
    removed = 0
    numbers: set[int] = set()
    for row in connection.execute(select(MONTHS)).all():
        first, end = month_days(row.month)
        before = min(day, end)
        if before <= first or (row.forgotten_before and row.forgotten_before >= before):
            continue
        removed += _forget_days(connection, first, before, numbers)
        of_month = MONTHS.c.month == row.month
        connection.execute(update(MONTHS).where(of_month).values(forgotten_before=before))
    _forget_keys(connection, numbers)
    return removed


def _forget_days(connection: Connection, first: date, before: date, numbers: set[int]) -> int:
    its = _entries(first, before)
    booked = and_(CORRECTIONS.c.booked_on >= first, CORRECTIONS.c.booked_on < before)
    for query in (
        select(ENTRIES.c.key_no).where(its).distinct(),
        select(CORRECTIONS.c.key_no).where(booked).distinct(),
    ):
        numbers.update(connection.scalars(query))
    removed = connection.execute(delete(ENTRIES).where(its)).rowcount
    connection.execute(delete(CORRECTIONS).where(booked))
    ended: Any = or_(PULLS.c.merged_at < _midnight(before), PULLS.c.closed_at < _midnight(before))
    connection.execute(update(PULLS).where(ended, PULLS.c.actor != "").values(actor=""))
    return removed


def _forget_keys(connection: Connection, numbers: set[int]) -> None:
    """Those of which nothing is left; with them go run, job and actor."""
    some = sorted(numbers)
    for start in range(0, len(some), 400):
        left_over = and_(
            KEYS.c.key_no.in_(some[start : start + 400]),
            ~exists(select(ENTRIES.c.key_no).where(ENTRIES.c.key_no == KEYS.c.key_no)),
            ~exists(select(CORRECTIONS.c.key_no).where(CORRECTIONS.c.key_no == KEYS.c.key_no)),
        )
        connection.execute(delete(KEYS).where(left_over))


def _entries(first: date, end: date) -> ColumnElement[bool]:
    """Of these local days: a local day lies within one UTC day of its own."""
    return and_(
        ENTRIES.c.day >= first - _DAY,
        ENTRIES.c.day < end + _DAY,
        ENTRIES.c.local_day >= first,
        ENTRIES.c.local_day < end,
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
