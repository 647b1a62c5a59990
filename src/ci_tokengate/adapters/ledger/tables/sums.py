"""Sums that a report reads in place of entries, and which of them are stale."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
)

from ci_tokengate.adapters.ledger.tables.columns import (
    METADATA,
    NUMBER,
    text,
    usd,
)

MARKS = Table(
    "marks",
    METADATA,
    Column("mark_no", NUMBER, primary_key=True, autoincrement=True),
    Column("local_day", Date, nullable=False),
)
"""Local days whose sums are stale. Each writer adds its own rows, so none waits for another's."""


def _sums() -> list[Column[Any]]:
    """What they mean, core.ledger.records.Spent says."""
    calls = ("requests", "unpriced")
    tokens = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
    counts = [Column(name, BigInteger, nullable=False) for name in (*calls, *tokens)]
    return [usd("cost"), *counts, usd("open_cost"), usd("corrected")]


ROLLUP = Table(
    "rollup",
    METADATA,
    Column("local_day", Date, nullable=False),
    *map(text, ("proxy", "team_id", "repository")),
    Column("pull_request", Integer),
    *map(text, ("use_case", "model", "cost_center")),
    *_sums(),
    Index("rollup_by_day", "local_day"),
)
"""What `spent` reads: entries and corrections of a local day, added up over keys."""
PAYERS = Table(
    "payers",
    METADATA,
    text("repository"),
    Column("pull_request", Integer, nullable=False),
    text("team_id"),
    usd("cost"),
    PrimaryKeyConstraint("repository", "pull_request", "team_id", name="one_payer"),
    sqlite_with_rowid=False,
)
"""What a team spent on a pull request (0: on branches, -1: on all), of all the days in `rollup`."""
ROLLUP_TEAMS = Table(
    "rollup_teams",
    METADATA,
    Column("local_day", Date, nullable=False),
    Column("day", Date, nullable=False),
    *map(text, ("proxy", "team_id")),
    Column("attributed", Boolean, nullable=False),
    *_sums(),
    Index("rollup_teams_by_day", "local_day"),
    Index("rollup_teams_by_utc_day", "day"),
)
"""The same over all of a team, by local and UTC day; a correction's UTC day is the corrected one."""
