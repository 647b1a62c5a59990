"""What a database says when something is wrong, as one sentence with a hint."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from ci_tokengate.errors import TokengateError, UndecidedError, UsageError

_WHOLE = "What was being written is kept whole or not at all: run it again, nothing is doubled."
_REBUILD = "Restore it from a backup, or move it away and run collect, which rebuilds it."
_SQLITE: dict[str, tuple[type[TokengateError], str, str]] = {
    "SQLITE_FULL": (UndecidedError, "has no room left on its disk", f"Free some. {_WHOLE}"),
    "SQLITE_READONLY": (
        UsageError,
        "is read-only",
        "Give this user the right to write the file and its folder, where SQLite keeps two more.",
    ),
    "SQLITE_CANTOPEN": (UsageError, "cannot be opened", "Check the path, and who may write there."),
    "SQLITE_PERM": (UsageError, "cannot be opened", "Check who may read and write it."),
    "SQLITE_CORRUPT": (UsageError, "is damaged", _REBUILD),
    "SQLITE_NOTADB": (UsageError, "is no ledger: it is not an SQLite file", "Check the path."),
    "SQLITE_BUSY": (UndecidedError, "is locked by another process", "Try again when it is done."),
    "SQLITE_LOCKED": (UndecidedError, "is locked by another process", "Try again when it is done."),
    "SQLITE_IOERR": (UndecidedError, "cannot be read or written", f"Check its disk. {_WHOLE}"),
}
_NO_RIGHTS = (
    UsageError,
    "does not let this user do that",
    "Grant the user CREATE and USAGE on the schema, and all rights to the ledger's tables.",
)
_POSTGRES: dict[str, tuple[type[TokengateError], str, str]] = {
    "53100": (UndecidedError, "has no room left on its disk", f"Free some. {_WHOLE}"),
    "53300": (UndecidedError, "has too many connections", "Try again later."),
    "25006": (UsageError, "is read-only", "Give the address of the primary, not of a replica."),
    "42501": _NO_RIGHTS,
    "3F": _NO_RIGHTS,  # a schema that its user may not even look into is none to PostgreSQL
    "28": (UsageError, "refused the user or the password", "Check the ledger's URL."),
    "3D": (UsageError, "does not exist", "Create the database first: createdb NAME."),
    "40": (UndecidedError, "was too busy with other writers", "Try again."),
    "55": (UndecidedError, "is locked by another process", "Try again when it is done."),
    "XX": (UsageError, "is damaged", _REBUILD),
}
_GONE = (UndecidedError, "cannot be reached", f"Is PostgreSQL running there? {_WHOLE}")
_AT_CONNECT = (("password", "28"), ("role", "28"), ("no pg_hba", "28"), ("does not exist", "3D"))
"""A refused connection has no code, only PostgreSQL's own words."""


def told(error: Exception, where: str) -> TokengateError | None:
    """None for what is a mistake of ours. The driver's text is never shown: it may hold the URL."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    row = _sqlite(cause) if isinstance(cause, sqlite3.Error) else _postgres(cause, error)
    if row is None:
        return None
    kind, what, hint = row
    return kind(f"The ledger {where} {what}.", hint=hint)


def may_pass(error: Exception) -> bool:
    """Another try may go well: two writers were in each other's way, and this one was rolled back."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) in ("40001", "40P01")


def _sqlite(cause: sqlite3.Error) -> tuple[type[TokengateError], str, str] | None:
    text = str(cause)
    by_text = {
        "database or disk is full": "SQLITE_FULL",
        "readonly database": "SQLITE_READONLY",
        "unable to open": "SQLITE_CANTOPEN",
        "malformed": "SQLITE_CORRUPT",
        "not a database": "SQLITE_NOTADB",
        "locked": "SQLITE_BUSY",
        "disk I/O error": "SQLITE_IOERR",
    }  # Python 3.10 has no error names
    return next((_SQLITE[name] for part, name in by_text.items() if part in text), None)


def _postgres(
    cause: BaseException | None, error: Exception
) -> tuple[type[TokengateError], str, str] | None:
    state = str(getattr(cause, "sqlstate", None) or "")
    if state in _POSTGRES or state[:2] in _POSTGRES:
        return _POSTGRES.get(state) or _POSTGRES[state[:2]]
    if state[:2] in ("08", "57") or getattr(error, "connection_invalidated", False):
        return _GONE
    if not state and type(cause).__name__ == "OperationalError":
        text = str(cause)
        return next((_POSTGRES[code] for part, code in _AT_CONNECT if part in text), _GONE)
    return None
