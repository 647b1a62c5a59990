"""Who paid for pull requests: sums that a report would else add up anew from all days there are.

Revision: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ci_tokengate.adapters.ledger.types import USD

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "payers",
        sa.Column("repository", sa.Text(), server_default="", nullable=False),
        sa.Column("pull_request", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Text(), server_default="", nullable=False),
        sa.Column("cost", USD(), nullable=False),
        sa.PrimaryKeyConstraint("repository", "pull_request", "team_id", name="one_payer"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO payers (repository, pull_request, team_id, cost) "
        "SELECT repository, coalesce(pull_request, 0), team_id, sum(cost) FROM rollup "
        "WHERE repository <> '' GROUP BY repository, coalesce(pull_request, 0), team_id"
    )
    op.execute(
        "INSERT INTO payers (repository, pull_request, team_id, cost) "
        "SELECT repository, -1, team_id, sum(cost) FROM rollup "
        "WHERE repository <> '' GROUP BY repository, team_id"
    )
