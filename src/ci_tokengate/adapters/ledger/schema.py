"""Is there a ledger, of which schema, and may it be made or brought up to date?"""

from __future__ import annotations

import secrets
import sqlite3
from typing import Any

from sqlalchemy import Connection, insert, inspect, select, text

from ci_tokengate.adapters.ledger.session import Session
from ci_tokengate.adapters.ledger.tables import METADATA, SETTINGS
from ci_tokengate.core.ledger.months import zone_named
from ci_tokengate.errors import UsageError

VERSION_TABLE = "ledger_schema"
SCHEMAS = ("0001", "0002", "0003", "0004")
"""Oldest first; the last is that of this code. `migrations/versions` has one file each."""
_TRIES, _PAUSE = 100, 0.05
"""How often, and after how many seconds again, a new SQLite file is asked for its kind of journal."""
_ALL_AT_ONCE = 7065234181
"""PostgreSQL's advisory lock under which one process makes the tables while others wait."""


def prepare(session: Session, *, zone: str | None, actors: str) -> None:
    """Makes the ledger where there is none and `zone` is given; brings an old one up to date.

    Raises UsageError for one of a newer schema, for a database of something else, and where there is
    none and none is to be made.
    """
    if zone is not None:
        zone_named(zone)
    if session.read(lambda connection: _schema(connection, session.where)) == SCHEMAS[-1]:
        return
    if session.is_sqlite and zone is not None:
        _write_ahead(session)
    session.write(lambda connection: _migrate(session, connection, zone, actors))


def no_ledger(where: str) -> UsageError:
    return UsageError(
        f"There is no ledger at {where}.",
        hint="Make one with `ci-tokengate ledger init --zone ZONE`, or check --ledger-url.",
    )


def _schema(connection: Connection, where: str) -> str | None:
    """None where there is nothing yet.

    All tables in one question: between two, another process can have made them.
    """
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        ours = tables & set(METADATA.tables)
        if ours or (tables and connection.dialect.name == "sqlite"):
            raise UsageError(
                f"{where} is no ledger, but holds tables of something else.",
                hint="Give the ledger a file, or a database or schema, of its own.",
            )
        return None
    found = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    if found is None or found not in SCHEMAS:
        raise UsageError(
            f"The ledger {where} has schema {str(found)[:20]}, which is newer than this "
            f"ci-tokengate's ({SCHEMAS[-1]}).",
            hint="Update ci-tokengate to the version that the other writers of this ledger have.",
        )
    return str(found)


def _migrate(session: Session, connection: Connection, zone: str | None, actors: str) -> None:
    if not session.is_sqlite:
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ALL_AT_ONCE})
    found = _schema(connection, session.where)
    if found == SCHEMAS[-1]:
        return  # another process was faster
    if found is None and zone is None:
        raise no_ledger(session.where)
    _upgrade(connection)
    if found is None:
        settings = {"zone": zone, "actors": actors, "salt": secrets.token_hex(32)}
        rows = [{"name": name, "value": value} for name, value in settings.items()]
        connection.execute(insert(SETTINGS), rows)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # a third of a second, and only wanted here
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "ci_tokengate.adapters.ledger:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _write_ahead(session: Session) -> None:
    """Readers and one writer at once. The file remembers it.

    SQLite does not wait here for another process that does the same, so this does; a ledger without
    it is right as well, and only slower.
    """
    with session.told(), session.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        for _ in range(_TRIES):
            try:
                raw.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
            session.clock.sleep(_PAUSE)


def settings(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(SETTINGS))}
