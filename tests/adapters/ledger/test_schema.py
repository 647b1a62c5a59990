"""The migrations make what the code expects, and travel with the package."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from ci_tokengate.adapters.ledger.schema import SCHEMAS, VERSION_TABLE
from ci_tokengate.adapters.ledger.tables import METADATA
from ci_tokengate.errors import UsageError
from tests.adapters.ledger.made import opened


def test_the_migrations_make_the_tables_of_the_code(url: str) -> None:
    opened(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_the_known_schemas_are_those_that_there_are_migrations_for() -> None:
    config = Config()
    config.set_main_option("script_location", "ci_tokengate.adapters.ledger:migrations")
    revisions = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(script.revision for script in revisions)[::-1] == SCHEMAS


def test_a_migration_that_fails_leaves_nothing(url: str) -> None:
    """All of it is one transaction, in both engines."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL)"))
    with pytest.raises(UsageError, match="schema None, which is newer"):
        opened(url)
    with engine.connect() as connection:
        made = set(METADATA.tables) & set(_tables(connection))
    engine.dispose()
    assert made == set()


def _tables(connection: object) -> list[str]:
    from sqlalchemy import inspect

    return inspect(connection).get_table_names()  # type: ignore[no-any-return]


def test_without_leave_to_make_one_no_ledger_is_made(tmp_path: Path) -> None:
    from ci_tokengate.adapters.ledger.open import open_ledger
    from tests.adapters.ledger.made import At

    with pytest.raises(UsageError, match="There is no ledger at") as caught:
        open_ledger(f"sqlite:///{tmp_path}/l.db", create_zone=None, actors="drop", clock=At())
    assert "ledger init" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_zone_there_is_not_makes_no_ledger(tmp_path: Path) -> None:
    for zone in ("Mars/Olympus", "", "../etc", "Europe"):
        with pytest.raises(UsageError, match="There is no time zone"):
            opened(f"sqlite:///{tmp_path}/l.db", zone=zone)
    assert list(tmp_path.iterdir()) == []
