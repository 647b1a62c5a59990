"""How far each repository's pull requests have been read, and how long a team's budget is for.

Revision: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ci_tokengate.adapters.ledger.types import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("budgets", sa.Column("period", sa.Text(), server_default="", nullable=False))
    _pulls_read()


def _pulls_read() -> None:
    """Whatever is newer than a repository's oldest pull request here was read with it, or after it."""
    op.create_table(
        "pull_requests_read",
        sa.Column("host", sa.Text(), server_default="", nullable=False),
        sa.Column("repository", sa.Text(), server_default="", nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("host", "repository", name="one_reading"),
    )
    op.execute(
        "INSERT INTO pull_requests_read (host, repository, since, until) "
        "SELECT host, repository, min(updated_at), max(updated_at) FROM pull_requests "
        "GROUP BY host, repository"
    )
