"""What the team's recent merged pull requests have cost, for comparison."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from ci_tokengate.core.alias import scope_prefix
from ci_tokengate.core.context import PullRequest
from ci_tokengate.core.money import exact_sum
from ci_tokengate.core.report import Median, median_of
from ci_tokengate.errors import DeadlineError, TokengateError
from ci_tokengate.ports import Clock, CodeHost, Proxy

_PULLS = 30
_DAYS = timedelta(days=60)


def merged_median(
    proxy: Proxy,
    host: CodeHost,
    repository: str,
    *,
    but: int,
    team_ids: frozenset[str],
    clock: Clock,
    patience: timedelta,
) -> Median | None:
    """Of at most 30 pull requests, merged in 60 days, that these teams have paid for.

    `but` is the one that is compared. None while there are too few, or where they cannot be read:
    the comparison is worth a few seconds (`patience`), and no failure. When time is over it is that of
    what was read.
    """
    start = clock.now()
    costs: list[Decimal] = []
    try:
        for pull in host.pulls_since(repository, start - _DAYS):
            if len(costs) == _PULLS or clock.now() > start + patience:
                break
            if pull.merged_at is not None and pull.number != but:
                costs += _cost(proxy, repository, pull, team_ids, start)
    except DeadlineError:
        pass
    except TokengateError:
        return None
    return median_of(costs)


def _cost(
    proxy: Proxy, repository: str, pull: PullRequest, team_ids: frozenset[str], now: datetime
) -> list[Decimal]:
    """Empty where the teams have no call on it, and where one has no price: unknown is not zero."""
    prefix = scope_prefix(repository, str(pull.number))
    rows = proxy.usage_by_alias(prefix, since=pull.opened_at or now - _DAYS)
    found: list[Decimal] = []
    for row in rows:
        if row.answered and row.team_id in team_ids:
            if row.unpriced:
                return []
            found = [exact_sum([row.spend, *found])]
    return found
