"""What a pull request, a branch or a run has cost, read from the proxy as often as it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from ci_tokengate.core.alias import PREFIX
from ci_tokengate.core.cost import Cost, CostState, with_list_prices
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.scope import Scope, of_branch, of_pull_request, of_run
from ci_tokengate.core.tally import Tally
from ci_tokengate.ports import Clock, PriceBook, Proxy

__all__ = ["Progress", "Scope", "of_branch", "of_pull_request", "of_run", "priced", "reckon"]

_LONG_AGO = timedelta(days=365)
_SKEW = timedelta(hours=1)
"""By which the clocks of a proxy's parts may differ: a key's first row is not older than that."""
_PROGRESS = 5000
_KEPT = timedelta(days=2)
"""A proxy that deletes rows keeps them for so long at least; a log that begins later has only begun."""

Progress = Callable[[int], None]


def reckon(
    proxy: Proxy,
    scope: Scope,
    *,
    opened_at: datetime | None,
    clock: Clock,
    patience: timedelta = timedelta(0),
    progress: Progress = lambda _: None,
) -> Cost:
    """The cost so far; settled if that can be had within `patience` (0: from what is so now).

    Settled means: every key is past its end by more than the proxy takes to write rows, and the
    keys and the number of rows are after the reading what they were before it. A call that was in
    flight when its key ended can still come later, so whoever freezes a figure reads it again. A
    key that could still spend is not waited for: that can take hours. `progress` is told the number
    of rows so far.
    Raises what Proxy raises: an unknown figure is the caller's to word.
    """
    until, changed = clock.now() + patience, False
    look = _look(proxy, scope, opened_at, clock)
    while True:
        cost, quiet_from = _read(proxy, scope, look, progress)
        if cost.running:
            return cost
        if look.at < quiet_from:
            if quiet_from > until:
                return cost
            clock.sleep((quiet_from - look.at).total_seconds())
            look = _look(proxy, scope, opened_at, clock)
            continue
        if not (cost.rows or proxy.capabilities.remembers_ended):
            return cost  # a key may have ended a moment ago, and nobody knows it yet
        again = _look(proxy, scope, opened_at, clock)
        if again.same_as(look):
            cost = replace(cost, forgotten=_forgotten(proxy, look, cost))
            missing = cost.lost or cost.forgotten
            return replace(cost, state=CostState.UNKNOWN if missing else CostState.SETTLED)
        if changed and clock.now() >= until:
            return cost
        look, changed = again, True


def priced(cost: Cost, book: PriceBook) -> Cost:
    """With the price book's opinion on what the proxy has no price for (DESIGN D11)."""
    if not cost.unpriced:
        return cost
    prices: dict[tuple[str, str], Decimal | None] = {}
    for calls in cost.unpriced:
        name, price = (calls.use_case, calls.model), book(calls)
        known = prices.get(name, Decimal(0))
        prices[name] = None if price is None or known is None else known + price
    return with_list_prices(cost, prices)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What tells whether anything has come: the scope's keys by id, and how long their log is."""

    at: datetime
    keys: dict[str, KeyRecord]
    since: datetime
    log_size: int

    def same_as(self, other: _Look) -> bool:
        return (self.keys, self.log_size) == (other.keys, other.log_size)


def _look(proxy: Proxy, scope: Scope, opened_at: datetime | None, clock: Clock) -> _Look:
    now = clock.now()
    keys = keys_of(proxy, scope)
    since = begin_of(keys.values(), opened_at, now)
    sizes = (
        proxy.log_size(prefix, since=since, part=part) for prefix, part in parts_of(scope, keys)
    )
    return _Look(at=now, keys=keys, since=since, log_size=sum(sizes))


def keys_of(proxy: Proxy, scope: Scope) -> dict[str, KeyRecord]:
    """All of a scope, by id. The living are asked for first: one that is revoked in between is in both
    lists, and then counts as running."""
    living = proxy.keys(prefix=PREFIX, part=scope.part)
    listed = [*proxy.revoked_keys(prefix=PREFIX, part=scope.part), *living]
    return {key.id: key for key in listed if _counts(key, scope)}


def _read(proxy: Proxy, scope: Scope, look: _Look, progress: Progress) -> tuple[Cost, datetime]:
    """All rows after a look, and the time from which its keys' rows are all there."""
    tally = Tally()
    for prefix, part in parts_of(scope, look.keys):
        for row in proxy.usage_by_alias(prefix, since=look.since, part=part):
            if not scope.holds(row.alias):
                continue
            tally.add(row)
            if tally.count % _PROGRESS == 0:
                progress(tally.count)
    settles_after = proxy.capabilities.settles_after
    cost = tally.cost(look.keys.values(), now=look.at, settles_after=settles_after)
    ended = (key for key in look.keys.values() if not key.may_spend(look.at))
    ends = [key.ends_at for key in ended if key.ends_at]
    last = max([*ends, *([tally.last_row_at] if tally.last_row_at else [])], default=None)
    return cost, look.at if last is None else last + settles_after


def _forgotten(proxy: Proxy, look: _Look, cost: Cost) -> int:
    """Keys without a call that ended before the log's oldest row: their rows may have been deleted."""
    called = {key.id for key in cost.keys if key.requests}
    ends = [
        key.ends_at
        for key in look.keys.values()
        if key.id not in called and key.ends_at and key.ends_at < look.at - _KEPT
    ]
    if not ends:
        return 0
    begins = proxy.log_begins(since=min(*ends, look.at - _LONG_AGO))
    return sum(begins is None or end < begins for end in ends)


def _counts(key: KeyRecord, scope: Scope) -> bool:
    """A key with a cap of nothing only took an alias, against a mint in flight."""
    return key.cap != 0 and scope.holds(key.alias)


def parts_of(scope: Scope, keys: Mapping[str, KeyRecord]) -> list[tuple[str, str]]:
    """Prefix and part of the aliases whose rows are all of the scope's, unlisted keys' included."""
    if scope.run_id:
        return [(PREFIX, scope.part)]
    return [
        (prefix, "")
        for prefix in sorted({scope.prefix, *(scope.spelling(k.alias) for k in keys.values())})
    ]


def begin_of(keys: Iterable[KeyRecord], opened_at: datetime | None, now: datetime) -> datetime:
    """The pull request's opening or its first key, whichever is earlier; a year where neither is known."""
    known = [key.created_at for key in keys if key.created_at]
    first = min([*known, *([opened_at] if opened_at else [])], default=None)
    return now - _LONG_AGO if first is None else first - _SKEW
