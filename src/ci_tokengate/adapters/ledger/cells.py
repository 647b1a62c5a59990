"""Entries and corrections back as cells. Rows are read by place: by name takes twice the time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, Table, literal, null, select

from ci_tokengate.adapters.ledger.keys import FIELDS
from ci_tokengate.adapters.ledger.tables import CORRECTIONS, ENTRIES, KEYS
from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, EntryState, LedgerKey, Part

_NAME = ("day", "key_no", "model", "local_day", "version")
_REST = ("bucket", "team_id", "provider_model", "requests", "unpriced", "tokens", "cost")
_OF_ONE = slice(0, 1 + len(_NAME))
"""What the rows of one cell have in common: when it was booked, if ever, and its name."""
_KEY = 1 + len(_NAME) + len(_REST) + 1
_KEY_NAMES = [column.name for column in FIELDS]
_PROXY, _KEY_ID = (_KEY + _KEY_NAMES.index(name) for name in ("proxy", "key_id"))


def cells(first: date, end: date, teams: Collection[str] = ()) -> Select[Any]:
    """In the order of the table's key, so that the rows of one cell stand together."""
    e = ENTRIES.c
    query = _rows(ENTRIES, null().cast(Date), e.state).where(e.day >= first, e.day < end)
    if teams:
        query = query.where(e.team_id.in_(sorted(teams)))
    return query.order_by(e.day, e.key_no, e.model, e.local_day, e.bucket)


def corrections(first: date, end: date) -> Select[Any]:
    c = CORRECTIONS.c
    query = _rows(CORRECTIONS, c.booked_on, literal(EntryState.CLOSED.value))
    query = query.where(c.booked_on >= first, c.booked_on < end)
    return query.order_by(c.booked_on, c.day, c.key_no, c.model, c.local_day, c.version, c.bucket)


def _rows(table: Table, booked: ColumnElement[Any], state: ColumnElement[Any]) -> Select[Any]:
    columns = [table.c[name] for name in (*_NAME, *_REST)]
    owners = table.join(KEYS, KEYS.c.key_no == table.c.key_no)
    return select(booked.label("booked"), *columns, state.label("its_state"), *FIELDS).select_from(
        owners
    )


def cells_of(rows: Iterable[Row[Any]]) -> Iterator[tuple[Cell, LedgerKey]]:
    for _, cell, key in corrections_of(rows):
        yield cell, key


def corrections_of(rows: Iterable[Row[Any]]) -> Iterator[tuple[date, Cell, LedgerKey]]:
    for of_one, some in groupby(rows, key=lambda row: row[_OF_ONE]):
        yield of_one[0], *_told([tuple(row) for row in some])


def _told(rows: Sequence[tuple[Any, ...]]) -> tuple[Cell, LedgerKey]:
    first = rows[0]
    _, day, _, model, local_day, version, _, team_id, provider_model, *_ = first
    name = CellName(
        proxy=first[_PROXY], key_id=first[_KEY_ID], day=day, local_day=local_day, model=model
    )
    cell = Cell(
        name=name,
        team_id=team_id,
        provider_model=provider_model,
        version=version,
        requests=sum(row[9] for row in rows),
        unpriced=sum(row[10] for row in rows),
        state=EntryState(first[_KEY - 1]),
        parts={Bucket(row[6]): Part(tokens=row[11], cost=row[12]) for row in rows},
    )
    return cell, LedgerKey(**dict(zip(_KEY_NAMES, first[_KEY:], strict=True)))
