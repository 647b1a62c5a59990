"""Of which repositories and times pull requests were read: none read is not none merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo

from ci_tokengate.core.ledger.records import PullsRead
from ci_tokengate.core.showback.period import midnight

_BEHIND = timedelta(days=1)
"""The code host is read after the proxy, and now and then fails: a day later it is read again."""


class ReadPulls:
    """`as_of` is when the proxy was last read: nobody expects more of the code host."""

    def __init__(self, reads: Sequence[PullsRead], as_of: datetime, zone: tzinfo) -> None:
        self._reads = {read.repository.lower(): read for read in reads}
        self._as_of, self._zone = as_of, zone
        self.never = not any(read.until for read in reads)

    def unread(self, repositories: Iterable[str], first: date, end: date) -> frozenset[str]:
        """Those of `repositories` that were not read for all of these local days."""
        names = {name.lower() for name in repositories}
        return frozenset(n for n in names if not self._covers(self._reads.get(n), first, end))

    def any(self, first: date, end: date) -> bool:
        """Was any repository read for all of these local days?"""
        return any(self._covers(read, first, end) for read in self._reads.values())

    def _covers(self, read: PullsRead | None, first: date, end: date) -> bool:
        if read is None or read.until is None:
            return False
        wanted = min(midnight(end, self._zone), self._as_of - _BEHIND)
        return read.since <= midnight(first, self._zone) and read.until >= wanted
