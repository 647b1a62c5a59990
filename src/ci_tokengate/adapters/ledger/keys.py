"""Keys and their numbers. Whoever has locked a key is alone with its cells until its transaction ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from ci_tokengate.adapters.ledger.inserts import add_missing
from ci_tokengate.adapters.ledger.tables import CORRECTIONS, ENTRIES, KEYS, MARKS
from ci_tokengate.core.ledger.entry import LedgerKey
from ci_tokengate.core.ledger.owner import merged

Name = tuple[str, str]
"""Proxy and key_id."""
_AT_ONCE = 400
FIELDS = [column for column in KEYS.columns if column.name != "key_no"]
_NAMES = [column.name for column in FIELDS]


def locked(connection: Connection, keys: Mapping[Name, LedgerKey]) -> dict[Name, int]:
    """The number of each. New ones are added, known ones merged with what is there.

    Always in the same order, so that no two writers wait for each other.
    """
    numbers: dict[Name, int] = {}
    for some in _portions(keys):
        rows = [vars(keys[name]) for name in some]  # asdict would copy each text
        add_missing(connection, KEYS, rows, names=["proxy", "key_id"])
    for some in _portions(keys):
        changed = []
        for row in _select(connection, some):
            known = key_of(row)
            name = (known.proxy, known.key_id)
            numbers[name] = row.key_no
            both = merged(known, _as_named_here(keys[name], known))
            if both != known:
                changed.append({**vars(both), "its_no": row.key_no})
        _rewrite(connection, changed)
    return numbers


def _as_named_here(given: LedgerKey, known: LedgerKey) -> LedgerKey:
    """A repository renamed in the ledger keeps its new name: an alias has the old one for ever."""
    same = given.alias and given.alias == known.alias and given.attributed and known.attributed
    return replace(given, repository=known.repository) if same else given


def _portions(names: Iterable[Name]) -> Iterator[list[Name]]:
    """Of one proxy each: an index finds (proxy, key_id) pairs in PostgreSQL only."""
    for _, of_proxy in groupby(sorted(names), key=lambda name: name[0]):
        some = list(of_proxy)
        yield from (some[start : start + _AT_ONCE] for start in range(0, len(some), _AT_ONCE))


def _select(connection: Connection, names: Sequence[Name]) -> Sequence[Row[Any]]:
    ids = [key_id for _, key_id in names]
    query = (
        select(KEYS)
        .where(KEYS.c.proxy == names[0][0], KEYS.c.key_id.in_(ids))
        .order_by(KEYS.c.key_id)
        .with_for_update()  # SQLite has no such thing, and no need of it
    )
    return connection.execute(query).all()


def _rewrite(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """All days that a changed key has spent on are added up anew."""
    if not rows:
        return
    connection.execute(update(KEYS).where(KEYS.c.key_no == bindparam("its_no")), rows)
    numbers = [row["its_no"] for row in rows]
    for day in (
        select(ENTRIES.c.local_day).where(ENTRIES.c.key_no.in_(numbers)).distinct(),
        select(CORRECTIONS.c.booked_on).where(CORRECTIONS.c.key_no.in_(numbers)).distinct(),
    ):
        connection.execute(insert(MARKS).from_select(["local_day"], day))


def key_of(row: Row[Any]) -> LedgerKey:
    """Of a row that has all of KEYS' columns."""
    return LedgerKey(**{name: getattr(row, name) for name in _NAMES})


def by_name(keys: Iterable[LedgerKey]) -> dict[Name, LedgerKey]:
    found: dict[Name, LedgerKey] = {}
    for key in keys:
        name = (key.proxy, key.key_id)
        found[name] = merged(found[name], key) if name in found else key
    return found
