"""Entries and corrections back as cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select

from ci_tokengate.adapters.ledger.keys import FIELDS, key_of
from ci_tokengate.adapters.ledger.tables import CORRECTIONS, ENTRIES, KEYS
from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, EntryState, LedgerKey, Part

_ITS_TEAM = "its_team_id"


def cells(first: date, end: date) -> Select[Any]:
    """In the order of the table's key, so that the rows of one cell stand together."""
    e = ENTRIES.c
    columns = [c for c in e if c.name != "team_id"]
    return (
        select(*columns, e.team_id.label(_ITS_TEAM), *FIELDS)
        .join(KEYS, KEYS.c.key_no == e.key_no)
        .where(e.day >= first, e.day < end)
        .order_by(e.day, e.key_no, e.model, e.local_day, e.bucket)
    )


def corrections(first: date, end: date) -> Select[Any]:
    c = CORRECTIONS.c
    columns = [x for x in c if x.name != "team_id"]
    return (
        select(*columns, c.team_id.label(_ITS_TEAM), *FIELDS)
        .join(KEYS, KEYS.c.key_no == c.key_no)
        .where(c.booked_on >= first, c.booked_on < end)
        .order_by(c.booked_on, c.day, c.key_no, c.model, c.local_day, c.version, c.bucket)
    )


def cells_of(rows: Iterable[Row[Any]]) -> Iterator[tuple[Cell, LedgerKey]]:
    for _, some in groupby(rows, key=lambda r: (r.day, r.key_no, r.model, r.local_day)):
        one = list(some)
        yield _cell(one, EntryState(one[0].state)), key_of(one[0])


def corrections_of(rows: Iterable[Row[Any]]) -> Iterator[tuple[date, Cell, LedgerKey]]:
    def name(r: Row[Any]) -> tuple[object, ...]:
        return r.booked_on, r.day, r.key_no, r.model, r.local_day, r.version

    for _, some in groupby(rows, key=name):
        one = list(some)
        yield one[0].booked_on, _cell(one, EntryState.CLOSED), key_of(one[0])


def _cell(rows: Sequence[Row[Any]], state: EntryState) -> Cell:
    first = rows[0]
    name = CellName(
        proxy=first.proxy,
        key_id=first.key_id,
        day=first.day,
        local_day=first.local_day,
        model=first.model,
    )
    return Cell(
        name=name,
        team_id=getattr(first, _ITS_TEAM),
        provider_model=first.provider_model,
        version=first.version,
        requests=sum(row.requests for row in rows),
        unpriced=sum(row.unpriced for row in rows),
        state=state,
        parts={Bucket(row.bucket): Part(tokens=row.tokens, cost=row.cost) for row in rows},
    )
