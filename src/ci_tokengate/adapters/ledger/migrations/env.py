"""Alembic runs this; the connection, in its transaction, comes from `schema`."""

from __future__ import annotations

from alembic import context

from ci_tokengate.adapters.ledger.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
