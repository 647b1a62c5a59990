"""The first schema.

Revision: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ci_tokengate.adapters.ledger.types import USD, Moment

revision = "0001"
down_revision = None
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("alert_no", NUMBER, autoincrement=True, nullable=False),
        sa.Column("proxy", sa.Text(), server_default="", nullable=False),
        sa.Column("team_id", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("period", sa.Text(), server_default="", nullable=False),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.Column("spend", USD(), nullable=True),
        sa.Column("plan", USD(), nullable=True),
        sa.PrimaryKeyConstraint("alert_no"),
        sa.UniqueConstraint("proxy", "team_id", "kind", "period", name="one_alert"),
    )
    op.create_table(
        "budgets",
        sa.Column("proxy", sa.Text(), server_default="", nullable=False),
        sa.Column("team_id", sa.Text(), server_default="", nullable=False),
        sa.Column("as_of", Moment(), nullable=False),
        sa.Column("team", sa.Text(), server_default="", nullable=False),
        sa.Column("plan", USD(), nullable=True),
        sa.Column("spend", USD(), nullable=False),
        sa.Column("max_budget", USD(), nullable=True),
        sa.Column("resets_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("proxy", "team_id", "as_of", name="one_budget"),
    )
    op.create_table(
        "corrections",
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key_no", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("bucket", sa.String(length=12), nullable=False),
        sa.Column("team_id", sa.Text(), server_default="", nullable=False),
        sa.Column("provider_model", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unpriced", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cost", USD(), nullable=False),
        sa.CheckConstraint("typeof(cost) = 'integer'", name="cost_is_exact").ddl_if(
            dialect="sqlite"
        ),
        sa.PrimaryKeyConstraint(
            "day", "key_no", "model", "local_day", "bucket", "version", name="one_correction"
        ),
    )
    op.create_index("corrections_by_booking", "corrections", ["booked_on"], unique=False)
    op.create_index("corrections_by_key", "corrections", ["key_no"], unique=False)
    op.create_table(
        "days_read",
        sa.Column("proxy", sa.Text(), server_default="", nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.Column("quiet", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("gone", USD(), nullable=False),
        sa.PrimaryKeyConstraint("proxy", "day", name="one_day_read"),
    )
    op.create_table(
        "entries",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key_no", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("bucket", sa.String(length=12), nullable=False),
        sa.Column("team_id", sa.Text(), server_default="", nullable=False),
        sa.Column("provider_model", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("requests", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unpriced", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cost", USD(), nullable=False),
        sa.CheckConstraint("typeof(cost) = 'integer'", name="cost_is_exact").ddl_if(
            dialect="sqlite"
        ),
        sa.PrimaryKeyConstraint("day", "key_no", "model", "local_day", "bucket", name="one_entry"),
        sqlite_with_rowid=False,
    )
    op.create_index("entries_by_key", "entries", ["key_no"], unique=False)
    op.create_table(
        "exemptions",
        sa.Column("exemption_no", NUMBER, autoincrement=True, nullable=False),
        sa.Column("proxy", sa.Text(), server_default="", nullable=False),
        sa.Column("team_id", sa.Text(), server_default="", nullable=False),
        sa.Column("repository", sa.Text(), server_default="", nullable=False),
        sa.Column("use_case", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("granted_by", sa.Text(), server_default="", nullable=False),
        sa.Column("granted_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.Column("amount", USD(), nullable=True),
        sa.PrimaryKeyConstraint("exemption_no"),
    )
    op.create_table(
        "keys",
        sa.Column("key_no", NUMBER, autoincrement=True, nullable=False),
        sa.Column("proxy", sa.Text(), server_default="", nullable=False),
        sa.Column("key_id", sa.Text(), server_default="", nullable=False),
        sa.Column("alias", sa.Text(), server_default="", nullable=False),
        sa.Column("team_id", sa.Text(), server_default="", nullable=False),
        sa.Column("repository", sa.Text(), server_default="", nullable=False),
        sa.Column("pull_request", sa.Integer(), nullable=True),
        sa.Column("ref", sa.Text(), server_default="", nullable=False),
        sa.Column("run_id", sa.Text(), server_default="", nullable=False),
        sa.Column("run_attempt", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("job", sa.Text(), server_default="", nullable=False),
        sa.Column("use_case", sa.Text(), server_default="", nullable=False),
        sa.Column("cost_center", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("ends_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("key_no"),
        sa.UniqueConstraint("proxy", "key_id", name="one_key"),
    )
    op.create_table(
        "marks",
        sa.Column("mark_no", NUMBER, autoincrement=True, nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("mark_no"),
    )
    op.create_table(
        "months",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("closed_at", Moment(), nullable=False),
        sa.Column("forgotten_before", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("month"),
    )
    op.create_table(
        "pull_requests",
        sa.Column("host", sa.Text(), server_default="", nullable=False),
        sa.Column("repository", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("merged_at", Moment(), nullable=True),
        sa.Column("base_ref", sa.Text(), server_default="", nullable=False),
        sa.Column("head_ref", sa.Text(), server_default="", nullable=False),
        sa.Column("labels", sa.Text(), server_default="", nullable=False),
        sa.Column("reverts", sa.Integer(), nullable=True),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("owners", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("host", "repository", "number", name="one_pull_request"),
    )
    op.create_index("pull_requests_by_close", "pull_requests", ["closed_at"], unique=False)
    op.create_index("pull_requests_by_merge", "pull_requests", ["merged_at"], unique=False)
    op.create_table(
        "rollup",
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("proxy", sa.Text(), server_default="", nullable=False),
        sa.Column("team_id", sa.Text(), server_default="", nullable=False),
        sa.Column("repository", sa.Text(), server_default="", nullable=False),
        sa.Column("pull_request", sa.Integer(), nullable=True),
        sa.Column("use_case", sa.Text(), server_default="", nullable=False),
        sa.Column("model", sa.Text(), server_default="", nullable=False),
        sa.Column("cost_center", sa.Text(), server_default="", nullable=False),
        sa.Column("cost", USD(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("unpriced", sa.BigInteger(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cache_read_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cache_write_tokens", sa.BigInteger(), nullable=False),
        sa.Column("open_cost", USD(), nullable=False),
        sa.Column("corrected", USD(), nullable=False),
    )
    op.create_index("rollup_by_day", "rollup", ["local_day"], unique=False)
    op.create_table(
        "rollup_teams",
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("proxy", sa.Text(), server_default="", nullable=False),
        sa.Column("team_id", sa.Text(), server_default="", nullable=False),
        sa.Column("attributed", sa.Boolean(), nullable=False),
        sa.Column("cost", USD(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("unpriced", sa.BigInteger(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cache_read_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cache_write_tokens", sa.BigInteger(), nullable=False),
        sa.Column("open_cost", USD(), nullable=False),
        sa.Column("corrected", USD(), nullable=False),
    )
    op.create_index("rollup_teams_by_day", "rollup_teams", ["local_day"], unique=False)
    op.create_index("rollup_teams_by_utc_day", "rollup_teams", ["day"], unique=False)
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "team_days",
        sa.Column("proxy", sa.Text(), server_default="", nullable=False),
        sa.Column("team_id", sa.Text(), server_default="", nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("spend", USD(), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("day", "proxy", "team_id", name="one_team_day"),
    )
