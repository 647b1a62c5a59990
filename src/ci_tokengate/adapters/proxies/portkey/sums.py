"""What keys spent, without their models: a few questions for a pull request, where `usage` has several for each key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from ci_tokengate.adapters.proxies.portkey import analytics, usage
from ci_tokengate.adapters.proxies.portkey.groups import Scope
from ci_tokengate.adapters.proxies.portkey.money import usd
from ci_tokengate.adapters.proxies.rest import Rest
from ci_tokengate.core.usage import by_alias


def spent(calls: Rest, scopes: Iterable[Scope], ids: Mapping[str, str]) -> dict[str, Decimal]:
    """USD by alias, of a scope's groups where they add up to its whole cost, whose unit is documented.

    Where they do not, each key is asked for. Raises UndecidedError where the cost is told in two units.
    """
    found: dict[str, Decimal] = {}
    for scope in scopes:
        whole = analytics.total(calls, "cost", scope.query) if scope.whole else None
        parts = {key.alias: key.cents for key in scope.keys}
        left = None if whole is None else whole - sum(parts.values())
        if whole is None or left is None or abs(left) > usage.noise(whole, parts.values()):
            found |= by_alias(usage.rows(calls, [scope], ids))
            continue
        if left > 0:  # lost to rounding: no call is free
            parts[max(parts, key=lambda alias: parts[alias])] += left
        found |= {alias: usd(cents) for alias, cents in parts.items()}
    return found
