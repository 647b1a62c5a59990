"""What a pull request, a branch or a run has cost, read from the proxy as often as it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from ci_tokengate.core.alias import PREFIX
from ci_tokengate.core.cost import SETTLES_AFTER, Cost, CostState, same_figures, with_list_prices
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.scope import Scope, of_branch, of_pull_request, of_run
from ci_tokengate.core.tally import Tally
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.ports import Clock, PriceBook, Proxy

__all__ = ["Progress", "Scope", "of_branch", "of_pull_request", "of_run", "priced", "reckon"]

_LONG_AGO = timedelta(days=365)
_SKEW = timedelta(hours=1)
"""By which the clocks of a proxy's parts may differ: a key's first row is not older than that."""
_PROGRESS = 5000

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

    Settled means: every key is past its end by more than the proxy takes to write rows, and two
    reads since then agree. A call that was in flight when its key ended can still come later, so
    whoever freezes a figure reads it again. A key that could still spend is not waited for: that
    can take hours. `progress` is told the number of rows so far.
    Raises what Proxy raises: an unknown figure is the caller's to word.
    """
    until = clock.now() + patience
    cost, quiet_from = _read(proxy, scope, opened_at, clock, progress)
    while not cost.running:
        if cost.as_of < quiet_from:
            if quiet_from > until:
                return cost
            clock.sleep((quiet_from - cost.as_of).total_seconds())
            cost, quiet_from = _read(proxy, scope, opened_at, clock, progress)
            continue
        again, quiet_from = _read(proxy, scope, opened_at, clock, progress)
        if same_figures(cost, again):
            state = CostState.UNKNOWN if again.lost else CostState.SETTLED
            return replace(again, state=state)
        if clock.now() >= until:
            return again
        cost = again
    return cost


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


def _read(
    proxy: Proxy, scope: Scope, opened_at: datetime | None, clock: Clock, progress: Progress
) -> tuple[Cost, datetime]:
    """One reading, and the time from which its keys' rows are all there."""
    now = clock.now()
    # The living first: one that is revoked in between is in both lists, and then counts as running.
    living = proxy.keys(prefix=PREFIX, part=scope.part)
    listed = [*proxy.revoked_keys(prefix=PREFIX, part=scope.part), *living]
    keys = {key.id: key for key in listed if _counts(key, scope)}
    tally = Tally()
    for row in _rows(proxy, scope, keys.values(), _since(keys.values(), opened_at, now)):
        tally.add(row)
        if tally.count % _PROGRESS == 0:
            progress(tally.count)
    cost = tally.cost(keys.values(), now=now)
    ends = [key.ends_at for key in keys.values() if key.ends_at and not key.may_spend(now)]
    last = max([*ends, *([tally.last_row_at] if tally.last_row_at else [])], default=None)
    return cost, now if last is None else last + SETTLES_AFTER


def _counts(key: KeyRecord, scope: Scope) -> bool:
    """A key with a cap of nothing only took an alias, against a mint in flight."""
    return key.cap != 0 and scope.holds(key.alias)


def _rows(
    proxy: Proxy, scope: Scope, keys: Iterable[KeyRecord], since: datetime
) -> Iterator[UsageRow]:
    """All rows of the scope, also those of keys that the proxy no longer lists."""
    if scope.run_id:
        found = proxy.usage_by_alias(PREFIX, since=since, part=scope.part)
        yield from (row for row in found if scope.holds(row.alias))
        return
    for prefix in sorted({scope.prefix, *(scope.spelling(key.alias) for key in keys)}):
        yield from proxy.usage_by_alias(prefix, since=since)


def _since(keys: Iterable[KeyRecord], opened_at: datetime | None, now: datetime) -> datetime:
    """The pull request's opening or its first key, whichever is earlier; a year where neither is known."""
    known = [key.created_at for key in keys if key.created_at]
    first = min([*known, *([opened_at] if opened_at else [])], default=None)
    return now - _LONG_AGO if first is None else first - _SKEW
