"""Upserts, the same on both engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table
from sqlalchemy.dialects import postgresql, sqlite


def add_missing(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, names: list[str]
) -> None:
    """Rows whose `names`, columns of a unique constraint, are there already are left as they are."""
    if rows:
        insert = _insert(connection, table).on_conflict_do_nothing(index_elements=names)
        connection.execute(insert, rows)


def put_newer(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, by: str
) -> None:
    """Rows whose key is there replace it where their column `by` is greater."""
    if not rows:
        return
    insert = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {c.name: insert.excluded[c.name] for c in table.columns if c.name not in keys}
    newer = insert.excluded[by] > table.c[by]
    statement = insert.on_conflict_do_update(index_elements=keys, set_=changed, where=newer)
    connection.execute(statement, rows)


def add_to(connection: Connection, table: Table, sums: Select[Any], name: str) -> None:
    """Rows of `sums`, columns as the table's, whose key is there are added to its column `name`."""
    insert = _insert(connection, table).from_select([c.name for c in table.columns], sums)
    keys = [column.name for column in table.primary_key]
    more = {name: table.c[name] + insert.excluded[name]}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=more))


def _insert(connection: Connection, table: Table) -> Any:
    module = sqlite if connection.dialect.name == "sqlite" else postgresql
    return module.insert(table)
