"""The ledger that a command reads or writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import Clock

if TYPE_CHECKING:
    from ci_tokengate.adapters.ledger.store import SqlLedger

DEFAULT_URL = "sqlite:///tokengate.db"
_EXTRA = ("sqlalchemy", "alembic", "psycopg")


def open_ledger(
    url: str,
    *,
    create_zone: str | None = "UTC",
    actors: str = "drop",
    clock: Clock | None = None,
) -> SqlLedger:
    """A ledger that is there, or a new one in `create_zone` (IANA); None refuses to make one.

    Use it in a `with`. Raises UsageError (the extra is not installed, no such ledger, a newer schema,
    read-only) and UndecidedError (locked, gone, disk full).
    """
    try:
        from ci_tokengate.adapters.ledger.open import open_ledger as opened
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise UsageError(
            "The ledger needs packages that are not installed.",
            hint="Run: pip install 'ci-tokengate[ledger]'",
        ) from None
    return opened(url, create_zone=create_zone, actors=actors, clock=clock or SystemClock())
