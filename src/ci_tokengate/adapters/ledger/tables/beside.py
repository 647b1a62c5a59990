"""What is kept beside spend: pull requests, budgets, the proxy's own sums, how far all was read."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from ci_tokengate.adapters.ledger.tables.columns import (
    METADATA,
    NUMBER,
    count,
    text,
    usd,
)
from ci_tokengate.adapters.ledger.types import USD, Moment

PULLS = Table(
    "pull_requests",
    METADATA,
    *map(text, ("host", "repository")),
    Column("number", Integer, nullable=False),
    Column("updated_at", Moment, nullable=False),
    *(Column(name, Moment) for name in ("opened_at", "closed_at", "merged_at")),
    *map(text, ("base_ref", "head_ref", "labels")),
    Column("reverts", Integer),
    *map(text, ("actor", "owners")),
    PrimaryKeyConstraint("host", "repository", "number", name="one_pull_request"),
    Index("pull_requests_by_merge", "merged_at"),
    Index("pull_requests_by_close", "closed_at"),
)
"""`labels` and `owners` are JSON."""
PULLS_READ = Table(
    "pull_requests_read",
    METADATA,
    *map(text, ("host", "repository")),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    PrimaryKeyConstraint("host", "repository", name="one_reading"),
)
BUDGETS = Table(
    "budgets",
    METADATA,
    *map(text, ("proxy", "team_id")),
    Column("as_of", Moment, nullable=False),
    text("team"),
    Column("plan", USD),
    usd("spend"),
    Column("max_budget", USD),
    Column("resets_at", Moment),
    text("period"),
    PrimaryKeyConstraint("proxy", "team_id", "as_of", name="one_budget"),
)
TEAM_DAYS = Table(
    "team_days",
    METADATA,
    *map(text, ("proxy", "team_id")),
    Column("day", Date, nullable=False),
    usd("spend"),
    Column("read_at", Moment, nullable=False),
    PrimaryKeyConstraint("day", "proxy", "team_id", name="one_team_day"),
)
DAYS_READ = Table(
    "days_read",
    METADATA,
    text("proxy"),
    Column("day", Date, nullable=False),
    count("rows"),
    Column("read_at", Moment, nullable=False),
    count("quiet"),
    Column("settled", Boolean, nullable=False),
    Column("whole", Boolean, nullable=False),
    usd("gone"),
    PrimaryKeyConstraint("proxy", "day", name="one_day_read"),
)
EXEMPTIONS = Table(
    "exemptions",
    METADATA,
    Column("exemption_no", NUMBER, primary_key=True, autoincrement=True),
    *map(text, ("proxy", "team_id", "repository", "use_case", "reason", "granted_by")),
    Column("granted_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("amount", USD),
)
ALERTS = Table(
    "alerts",
    METADATA,
    Column("alert_no", NUMBER, primary_key=True, autoincrement=True),
    *map(text, ("proxy", "team_id", "kind", "period")),
    Column("raised_at", Moment, nullable=False),
    Column("spend", USD),
    Column("plan", USD),
    text("body"),
    UniqueConstraint("proxy", "team_id", "kind", "period", name="one_alert"),
)
TELLINGS = Table(
    "tellings",
    METADATA,
    Column("alert_no", BigInteger, nullable=False),
    Column("sink", String(40), nullable=False),
    Column("taken_at", Moment),
    Column("told_at", Moment),
    PrimaryKeyConstraint("alert_no", "sink", name="one_telling"),
)
"""Who is owed which alert. Whoever tells it takes it first, so that no other tells it as well."""
