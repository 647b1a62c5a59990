"""Who spent what: keys, entries, what corrects closed months, and which those are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ci_tokengate.adapters.ledger.tables.columns import (
    BUCKET,
    METADATA,
    NUMBER,
    count,
    text,
    usd,
    whole,
)
from ci_tokengate.adapters.ledger.types import Moment

SETTINGS = Table(
    "settings",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
KEYS = Table(
    "keys",
    METADATA,
    Column("key_no", NUMBER, primary_key=True, autoincrement=True),
    text("proxy"),
    text("key_id"),
    *map(text, ("alias", "team_id", "repository")),
    Column("pull_request", Integer),
    *map(text, ("ref", "run_id")),
    count("run_attempt"),
    *map(text, ("job", "use_case", "cost_center", "actor")),
    Column("ends_at", Moment),
    UniqueConstraint("proxy", "key_id", name="one_key"),
)
"""Entries name a key by its number: its hash is long, and a row of a big ledger should be short."""
_CELL = ("day", "key_no", "model", "local_day", "bucket")


def _of_a_cell() -> list[Column[Any]]:
    """What an entry and its corrections are known by, and what else they say of whose they are."""
    return [
        Column("day", Date, nullable=False),
        Column("key_no", BigInteger, nullable=False),
        Column("model", Text, nullable=False),
        Column("local_day", Date, nullable=False),
        Column(*BUCKET, nullable=False),
        text("team_id"),
        text("provider_model"),
        Column("version", BigInteger, nullable=False),
    ]


def _amounts() -> list[Column[Any]]:
    return [*map(count, ("requests", "unpriced", "tokens")), usd("cost")]


ENTRIES = Table(
    "entries",
    METADATA,
    *_of_a_cell(),
    Column("state", String(8), nullable=False),
    *_amounts(),
    PrimaryKeyConstraint(*_CELL, name="one_entry"),
    whole("cost"),
    Index("entries_by_key", "key_no"),
    sqlite_with_rowid=False,
)
"""Days first: a local day lies within one UTC day of its own, so one order serves both."""
CORRECTIONS = Table(
    "corrections",
    METADATA,
    Column("booked_on", Date, nullable=False),
    *_of_a_cell(),
    *_amounts(),
    PrimaryKeyConstraint(*_CELL, "version", name="one_correction"),
    whole("cost"),
    Index("corrections_by_booking", "booked_on"),
    Index("corrections_by_key", "key_no"),
)
"""Differences to closed months. `day` and `local_day` are the cell's, `booked_on` is a local day."""
MONTHS = Table(
    "months",
    METADATA,
    Column("month", String(7), primary_key=True),
    Column("closed_at", Moment, nullable=False),
    Column("forgotten_before", Date),
)
