"""Whose keys are, looked up as days are read, the newest day first.

The proxy lists its keys newest first; both are read side by side, so that no more keys are in memory
than could have spent on the day that is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import date, datetime, time, timedelta, timezone

from ci_tokengate.core.ledger.keys import KeyFacts
from ci_tokengate.ports.spend_log import SpendLog

_LIFETIME = timedelta(days=2)
"""No job key lives longer."""
_SKEW = timedelta(hours=1)
"""By which the clocks of a proxy's parts may differ: a key's first row is not older than that."""
_EVER = datetime.min.replace(tzinfo=timezone.utc)


class KeyBook:
    """Days are asked for from the newest to the oldest."""

    def __init__(self, log: SpendLog) -> None:
        self._log = log
        self._coming: Iterator[KeyFacts] = log.newest_keys()
        self._known: dict[str, KeyFacts] = {}
        self._reached = datetime.max.replace(tzinfo=timezone.utc)

    def facts(self, day: date, key_ids: Set[str]) -> Mapping[str, KeyFacts]:
        """Of those of `key_ids` that the proxy remembers. Raises what SpendLog raises.

        A key that was deleted while the lists were read can be missing from both: it is asked for.
        """
        begin = datetime.combine(day, time(), timezone.utc)
        latest = begin + timedelta(days=1) + _SKEW
        self._forget_after(latest)
        while self._reached >= begin - _LIFETIME and not key_ids <= self._known.keys():
            key = next(self._coming, None)
            if key is None:
                self._reached = _EVER
                break
            self._reached = key.created_at or _EVER
            if self._reached <= latest:
                self._known[key.id] = key
        for key_id in key_ids - self._known.keys():
            found = self._log.key(key_id)
            if found is not None:
                self._known[key_id] = found
        return {key_id: self._known[key_id] for key_id in key_ids & self._known.keys()}

    def _forget_after(self, moment: datetime) -> None:
        late = [k for k, facts in self._known.items() if (facts.created_at or _EVER) > moment]
        for key_id in late:
            del self._known[key_id]
