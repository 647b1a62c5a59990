"""An AlertBook in memory: what issues remember is put in and taken out again, else each run begins anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from ci_tokengate.core.watch.alert import Alert, AlertKey, Raised
from ci_tokengate.core.watch.incident import KEPT, NEWS_FOR, Memory, Owed


class MemoryBook:
    """Implements ports.AlertBook, for the run at `now`."""

    def __init__(self, now: datetime, memories: Sequence[Memory] = ()) -> None:
        self._now = now
        self._raised = {r.key: r for m in memories for r in m.raised}
        self._owed: dict[AlertKey, Owed] = {o.alert.key: o for m in memories for o in m.owed}

    def raised(self) -> list[Raised]:
        return [*self._raised.values()]

    def put(self, alerts: Sequence[Alert], sinks: Sequence[str]) -> None:
        for alert in alerts:
            known = self._raised.get(alert.key) or Raised(key=alert.key, at=alert.at)
            fresh = tuple(sink for sink in sinks if sink not in known.sinks)
            self._raised[alert.key] = replace(known, sinks=known.sinks + fresh)
            if fresh:
                owed = self._owed.get(alert.key) or Owed(alert=alert, sinks=())
                self._owed[alert.key] = replace(owed, sinks=owed.sinks + fresh)

    def take(self, sink: str) -> list[Alert]:
        old = self._now - NEWS_FOR
        its = [o.alert for o in self._owed.values() if sink in o.sinks and o.alert.at > old]
        return sorted(its, key=lambda a: (a.at, a.key))

    def settle(self, alert: Alert, sink: str, *, told: bool) -> None:
        owed = self._owed.get(alert.key)
        if told and owed:
            left = tuple(s for s in owed.sinks if s != sink)
            self._owed[alert.key] = replace(owed, sinks=left)

    def memory(self, proxy: str, team_id: str, *, over: bool, spiked: bool) -> Memory:
        """What there is to remember of one team, the newest of it."""
        its = [r for r in self._raised.values() if (r.key.proxy, r.key.team_id) == (proxy, team_id)]
        kept = sorted(its, key=lambda r: (r.at, r.key))[-KEPT:]
        return Memory(
            proxy=proxy,
            team_id=team_id,
            over=over,
            spiked=spiked,
            raised=tuple(kept),
            owed=self._still_owed({r.key for r in kept}),
        )

    def _still_owed(self, keys: Collection[AlertKey]) -> tuple[Owed, ...]:
        return tuple(
            o
            for o in self._owed.values()
            if o.sinks and o.alert.key in keys and o.alert.at > self._now - NEWS_FOR
        )
