"""From a URL to connections that are set as the ledger needs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ci_tokengate.errors import UsageError

_FORMS = "Give sqlite:///tokengate.db or postgresql+psycopg://user@host/database."
_BUSY_SECONDS = 60
"""How long a writer waits for the other writers of a SQLite file."""


def parsed(url: str) -> URL:
    """Raises UsageError for what is no URL of a ledger; the URL is not shown, as it may hold a password."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError("The ledger's address is not a URL.", hint=_FORMS) from None
    if found.drivername in ("postgresql", "postgres"):
        found = found.set(drivername="postgresql+psycopg")
    if found.drivername not in ("sqlite", "postgresql+psycopg"):
        raise UsageError(f"A ledger cannot be kept in {found.drivername[:40]!r}.", hint=_FORMS)
    if found.drivername == "sqlite" and found.database in (None, "", ":memory:"):
        raise UsageError("The ledger's address names no file.", hint=_FORMS)
    return found


def shown(url: URL) -> str:
    """Where a ledger is, without user, password and parameters."""
    if url.drivername == "sqlite":
        return str(url.database)
    host = url.host or "the local PostgreSQL"
    return f"{host}{f':{url.port}' if url.port else ''}/{url.database or ''}"


def is_absent(url: URL) -> bool:
    """There is no such file. Connecting would make an empty one."""
    path = str(url.database)
    return url.drivername == "sqlite" and not path.startswith("file:") and not Path(path).exists()


def connected(url: URL) -> Engine:
    """Connects at first use. Raises UsageError where the folder of a SQLite file does not exist."""
    if url.drivername != "sqlite":
        return create_engine(
            url, pool_size=2, isolation_level="READ COMMITTED", connect_args={"connect_timeout": 10}
        )
    path = str(url.database)
    if not path.startswith("file:") and not Path(path).absolute().parent.is_dir():
        raise UsageError(f"The folder of {path} does not exist.", hint="Make it, or give another.")
    patience = {} if "timeout" in url.query else {"timeout": _BUSY_SECONDS}
    engine = create_engine(url, connect_args=patience)
    event.listen(engine, "connect", _sqlite_connection)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connection(connection: Any, _record: object) -> None:
    """SQLAlchemy begins (below), not the driver: it would do so too late, and not before DDL."""
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -16384")
    connection.execute("PRAGMA temp_store = MEMORY")


def _sqlite_begin(connection: Connection) -> None:
    """A writer takes the lock at once: one that reads first could find its reading overtaken."""
    writes = connection.get_execution_options().get("tokengate_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
