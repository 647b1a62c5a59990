"""Opens a ledger, and makes it where that is asked for."""

from __future__ import annotations

from ci_tokengate.adapters.ledger.engine import connected, is_absent, parsed, shown
from ci_tokengate.adapters.ledger.schema import no_ledger, prepare
from ci_tokengate.adapters.ledger.session import Session
from ci_tokengate.adapters.ledger.store import SqlLedger
from ci_tokengate.ports import Clock


def open_ledger(url: str, *, create_zone: str | None, actors: str, clock: Clock) -> SqlLedger:
    """Raises UsageError and UndecidedError as `failures` and `schema` tell them.

    create_zone: an IANA name for a ledger that is not there yet; None refuses to make one.
    """
    parts = parsed(url)
    if create_zone is None and is_absent(parts):
        raise no_ledger(shown(parts))
    session = Session(connected(parts), shown(parts), clock)
    try:
        prepare(session, zone=create_zone, actors=actors)
        return SqlLedger(session)
    except BaseException:
        session.engine.dispose()
        raise
