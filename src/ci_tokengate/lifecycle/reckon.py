"""What a pull request, a branch or a run has cost, read from the proxy as often as it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain

from ci_tokengate.core.alias import PREFIX, parse_alias, scope_prefix
from ci_tokengate.core.cost import Cost, CostState, same_figures, with_list_prices
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.tally import Tally
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.ports import Clock, PriceBook, Proxy

SETTLES_AFTER = timedelta(seconds=20)
"""After a key's end. A LiteLLM writes its rows every 10 s by default, plus up to 5 s of jitter."""

_LONG_AGO = timedelta(days=365)
_PROGRESS = 5000

Progress = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is reckoned: all keys with this prefix of their alias, and of them one run's or all."""

    prefix: str
    run_id: str = ""

    def holds(self, key: KeyRecord) -> bool:
        """A key with a cap of nothing only took an alias, against a mint in flight."""
        if not self.run_id or key.cap == 0:
            return key.cap != 0
        alias = parse_alias(key.alias)
        return alias is not None and alias.run_id == self.run_id


def of_pull_request(repository: str, number: int) -> Scope:
    return Scope(prefix=scope_prefix(repository, str(number)))


def of_branch(repository: str, branch: str) -> Scope:
    """`branch` is a name or a full ref; jobs of its pull request are not among them."""
    ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
    return Scope(prefix=scope_prefix(repository, ref))


def of_run(repository: str, run_id: str) -> Scope:
    """All attempts of the run."""
    prefix = scope_prefix(repository, "").removesuffix(":") if repository else PREFIX
    return Scope(prefix=prefix, run_id=run_id)


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
    whoever freezes a figure reads it again. `progress` is told the number of rows so far.
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
    living = proxy.keys(prefix=scope.prefix)
    listed = [*proxy.revoked_keys(prefix=scope.prefix), *living]
    keys = {key.id: key for key in listed if scope.holds(key)}
    tally = Tally()
    for row in _rows(proxy, scope, keys.values(), _since(keys.values(), opened_at, now)):
        tally.add(row)
        if tally.count % _PROGRESS == 0:
            progress(tally.count)
    cost = tally.cost(keys.values(), now=now)
    ends = [key.ends_at for key in keys.values() if key.ends_at and key.ends_at <= now]
    last = max([*ends, *([tally.last_row_at] if tally.last_row_at else [])], default=None)
    return cost, now if last is None else last + SETTLES_AFTER


def _rows(
    proxy: Proxy, scope: Scope, keys: Iterable[KeyRecord], since: datetime
) -> Iterable[UsageRow]:
    if scope.run_id:
        return chain.from_iterable(proxy.usage_of(key.id, since=since) for key in keys)
    return proxy.usage_by_alias(scope.prefix, since=since)


def _since(keys: Iterable[KeyRecord], opened_at: datetime | None, now: datetime) -> datetime:
    """The pull request's opening or its first key, whichever is earlier; a year where neither is known."""
    known = [key.created_at for key in keys if key.created_at]
    return min([*known, *([opened_at] if opened_at else [])], default=now - _LONG_AGO)
