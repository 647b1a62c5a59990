"""The ledger's tables. Money is USD (types.USD), moments are UTC, days as they are named.

`migrations/` makes them; a test holds the two to each other.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ci_tokengate.adapters.ledger.types import USD, Moment

METADATA = MetaData()
_NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up INTEGER keys only."""


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


def _usd(name: str) -> Column[object]:
    return Column(name, USD, nullable=False)


def _whole(name: str) -> CheckConstraint:
    """SQLite would take a float from any other program."""
    check = CheckConstraint(f"typeof({name}) = 'integer'", name=f"{name}_is_exact")
    return check.ddl_if(dialect="sqlite")


SETTINGS = Table(
    "settings",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
KEYS = Table(
    "keys",
    METADATA,
    Column("key_no", _NUMBER, primary_key=True, autoincrement=True),
    _text("proxy"),
    _text("key_id"),
    *map(_text, ("alias", "team_id", "repository")),
    Column("pull_request", Integer),
    *map(_text, ("ref", "run_id")),
    _count("run_attempt"),
    *map(_text, ("job", "use_case", "cost_center", "actor")),
    Column("ends_at", Moment),
    UniqueConstraint("proxy", "key_id", name="one_key"),
)
"""Entries name a key by its number: its hash is long, and a row of a big ledger should be short."""
_BUCKET = ("bucket", String(12))
ENTRIES = Table(
    "entries",
    METADATA,
    Column("day", Date, nullable=False),
    Column("key_no", BigInteger, nullable=False),
    Column("model", Text, nullable=False),
    Column("local_day", Date, nullable=False),
    Column(*_BUCKET, nullable=False),
    _text("team_id"),
    _text("provider_model"),
    Column("version", BigInteger, nullable=False),
    Column("state", String(8), nullable=False),
    *map(_count, ("requests", "unpriced", "tokens")),
    _usd("cost"),
    PrimaryKeyConstraint("day", "key_no", "model", "local_day", "bucket", name="one_entry"),
    _whole("cost"),
    Index("entries_by_key", "key_no"),
    sqlite_with_rowid=False,
)
"""Days first: a local day lies within one UTC day of its own, so one order serves both."""
CORRECTIONS = Table(
    "corrections",
    METADATA,
    Column("booked_on", Date, nullable=False),
    Column("day", Date, nullable=False),
    Column("key_no", BigInteger, nullable=False),
    Column("model", Text, nullable=False),
    Column("local_day", Date, nullable=False),
    Column(*_BUCKET, nullable=False),
    _text("team_id"),
    _text("provider_model"),
    Column("version", BigInteger, nullable=False),
    *map(_count, ("requests", "unpriced", "tokens")),
    _usd("cost"),
    PrimaryKeyConstraint(
        *("day", "key_no", "model", "local_day", "bucket", "version"), name="one_correction"
    ),
    _whole("cost"),
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
PULLS = Table(
    "pull_requests",
    METADATA,
    *map(_text, ("host", "repository")),
    Column("number", Integer, nullable=False),
    Column("updated_at", Moment, nullable=False),
    *(Column(name, Moment) for name in ("opened_at", "closed_at", "merged_at")),
    *map(_text, ("base_ref", "head_ref", "labels")),
    Column("reverts", Integer),
    *map(_text, ("actor", "owners")),
    PrimaryKeyConstraint("host", "repository", "number", name="one_pull_request"),
    Index("pull_requests_by_merge", "merged_at"),
    Index("pull_requests_by_close", "closed_at"),
)
"""`labels` and `owners` are JSON."""
PULLS_READ = Table(
    "pull_requests_read",
    METADATA,
    *map(_text, ("host", "repository")),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    PrimaryKeyConstraint("host", "repository", name="one_reading"),
)
BUDGETS = Table(
    "budgets",
    METADATA,
    *map(_text, ("proxy", "team_id")),
    Column("as_of", Moment, nullable=False),
    _text("team"),
    Column("plan", USD),
    _usd("spend"),
    Column("max_budget", USD),
    Column("resets_at", Moment),
    PrimaryKeyConstraint("proxy", "team_id", "as_of", name="one_budget"),
)
TEAM_DAYS = Table(
    "team_days",
    METADATA,
    *map(_text, ("proxy", "team_id")),
    Column("day", Date, nullable=False),
    _usd("spend"),
    Column("read_at", Moment, nullable=False),
    PrimaryKeyConstraint("day", "proxy", "team_id", name="one_team_day"),
)
DAYS_READ = Table(
    "days_read",
    METADATA,
    _text("proxy"),
    Column("day", Date, nullable=False),
    _count("rows"),
    Column("read_at", Moment, nullable=False),
    _count("quiet"),
    Column("settled", Boolean, nullable=False),
    Column("whole", Boolean, nullable=False),
    _usd("gone"),
    PrimaryKeyConstraint("proxy", "day", name="one_day_read"),
)
EXEMPTIONS = Table(
    "exemptions",
    METADATA,
    Column("exemption_no", _NUMBER, primary_key=True, autoincrement=True),
    *map(_text, ("proxy", "team_id", "repository", "use_case", "reason", "granted_by")),
    Column("granted_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("amount", USD),
)
ALERTS = Table(
    "alerts",
    METADATA,
    Column("alert_no", _NUMBER, primary_key=True, autoincrement=True),
    *map(_text, ("proxy", "team_id", "kind", "period")),
    Column("raised_at", Moment, nullable=False),
    Column("spend", USD),
    Column("plan", USD),
    UniqueConstraint("proxy", "team_id", "kind", "period", name="one_alert"),
)
MARKS = Table(
    "marks",
    METADATA,
    Column("mark_no", _NUMBER, primary_key=True, autoincrement=True),
    Column("local_day", Date, nullable=False),
)
"""Local days whose sums are stale. Each writer adds its own rows, so none waits for another's."""
_SUMS = ("requests", "unpriced", "input_tokens", "output_tokens")
_CACHE_SUMS = ("cache_read_tokens", "cache_write_tokens")


def _sums() -> list[Column[object]]:
    counts = [Column(name, BigInteger, nullable=False) for name in (*_SUMS, *_CACHE_SUMS)]
    return [_usd("cost"), *counts, _usd("open_cost"), _usd("corrected")]  # type: ignore[list-item]


ROLLUP = Table(
    "rollup",
    METADATA,
    Column("local_day", Date, nullable=False),
    *map(_text, ("proxy", "team_id", "repository")),
    Column("pull_request", Integer),
    *map(_text, ("use_case", "model", "cost_center")),
    *_sums(),
    Index("rollup_by_day", "local_day"),
)
"""What `spent` reads: entries and corrections of a local day, added up over keys."""
PAYERS = Table(
    "payers",
    METADATA,
    _text("repository"),
    Column("pull_request", Integer, nullable=False),
    _text("team_id"),
    _usd("cost"),
    PrimaryKeyConstraint("repository", "pull_request", "team_id", name="one_payer"),
    sqlite_with_rowid=False,
)
"""What a team spent on a pull request (0: on branches, -1: on all), of all the days in `rollup`."""
ROLLUP_TEAMS = Table(
    "rollup_teams",
    METADATA,
    Column("local_day", Date, nullable=False),
    Column("day", Date, nullable=False),
    *map(_text, ("proxy", "team_id")),
    Column("attributed", Boolean, nullable=False),
    *_sums(),
    Index("rollup_teams_by_day", "local_day"),
    Index("rollup_teams_by_utc_day", "day"),
)
"""The same over all of a team, by local and UTC day; a correction's UTC day is the corrected one."""
