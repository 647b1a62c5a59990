"""A ledger as an earlier version of the schema had it."""

from __future__ import annotations

from sqlalchemy import create_engine, text

_MADE_BY = {
    "0002": ["DROP TABLE payers"],
    "0003": ["DROP TABLE tellings", "ALTER TABLE alerts DROP COLUMN body"],
    "0004": ["DROP TABLE pull_requests_read", "ALTER TABLE budgets DROP COLUMN period"],
}
"""What takes away what each migration made."""


def set_back(url: str, schema: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for version in sorted(_MADE_BY, reverse=True):
            for statement in _MADE_BY[version] if version > schema else ():
                connection.execute(text(statement))
        connection.execute(text(f"UPDATE ledger_schema SET version_num = '{schema}'"))
    engine.dispose()
