"""Alerts with what they say, and who is still owed them.

Revision: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ci_tokengate.adapters.ledger.types import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("alerts", sa.Column("body", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "tellings",
        sa.Column("alert_no", sa.BigInteger(), nullable=False),
        sa.Column("sink", sa.String(40), nullable=False),
        sa.Column("taken_at", Moment()),
        sa.Column("told_at", Moment()),
        sa.PrimaryKeyConstraint("alert_no", "sink", name="one_telling"),
    )
