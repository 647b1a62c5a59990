"""What is in the ledger of given cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from ci_tokengate.adapters.ledger.tables import CORRECTIONS, ENTRIES
from ci_tokengate.core.ledger.entry import Bucket, EntryState, Part
from ci_tokengate.core.ledger.judge import Kept
from ci_tokengate.core.money import add_exactly

_AT_ONCE = 400


class Place(NamedTuple):
    """A cell's name with its key's number: the tables' key without the bucket."""

    day: date
    key_no: int
    model: str
    local_day: date


def kept_cells(
    connection: Connection, places: Sequence[Place], closed: Collection[date]
) -> dict[Place, Kept]:
    """By place. Sums are told for the UTC days in `closed` only."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for place in places:
        by_day[place.day].append(place.key_no)
    found: dict[Place, Kept] = {}
    for day, numbers in by_day.items():
        some = sorted(set(numbers))
        for start in range(0, len(some), _AT_ONCE):
            of_keys = some[start : start + _AT_ONCE]
            for row in _entries(connection, day, of_keys, whole=day in closed):
                _add(found, row, EntryState(row.state), row.team_id)
            if day in closed:
                for row in _corrections(connection, day, of_keys):
                    _add(found, row, EntryState.CLOSED, "")
    return found


def _entries(
    connection: Connection, day: date, numbers: Sequence[int], *, whole: bool
) -> Iterator[Row[Any]]:
    query = select(ENTRIES).where(ENTRIES.c.day == day, ENTRIES.c.key_no.in_(numbers))
    if not whole:
        query = query.where(ENTRIES.c.bucket == Bucket.INPUT.value)
    yield from connection.execute(query)


def _corrections(connection: Connection, day: date, numbers: Sequence[int]) -> Iterator[Row[Any]]:
    query = select(CORRECTIONS).where(CORRECTIONS.c.day == day, CORRECTIONS.c.key_no.in_(numbers))
    yield from connection.execute(query)


def _add(found: dict[Place, Kept], row: Row[Any], state: EntryState, team_id: str) -> None:
    place = Place(row.day, row.key_no, row.model, row.local_day)
    before = found.get(place) or Kept(version=row.version, state=state)
    bucket = Bucket(row.bucket)
    part = before.parts.get(bucket, Part())
    more = Part(tokens=part.tokens + row.tokens, cost=add_exactly(part.cost, row.cost))
    found[place] = Kept(
        version=max(before.version, row.version),
        state=before.state,
        team_id=before.team_id or team_id,
        requests=before.requests + row.requests,
        unpriced=before.unpriced + row.unpriced,
        parts={**before.parts, bucket: more},
    )
