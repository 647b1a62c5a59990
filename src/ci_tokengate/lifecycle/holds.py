"""What draws on a pull request's cap and on a team's remainder: live keys, and what is spent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from ci_tokengate.core.alias import PREFIX, parse_alias, scope_prefix
from ci_tokengate.core.cap import Hold, Limits
from ci_tokengate.core.context import JobContext
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.policy import Team, UseCase
from ci_tokengate.ports import Proxy

_PR_LIFE = timedelta(days=365)
_DAWN = datetime.min.replace(tzinfo=timezone.utc)


def holds(
    proxy: Proxy, context: JobContext, use_case: UseCase, team: Team, limits: Limits
) -> tuple[list[Hold], list[Hold]]:
    """Live keys that draw on the pull request's cap, and on the team's remainder."""
    pr_holds: list[Hold] = []
    team_holds: list[Hold] = []
    if limits.pull_request is not None:
        found = proxy.live_keys(prefix=scope_prefix(context.repository, context.scope))
        pr_holds = _as_holds(found, lambda key: _is_for(key, use_case))
    if limits.team is not None:
        team_holds = _as_holds(proxy.live_keys(prefix=PREFIX, team_id=team.id), lambda _: True)
    return pr_holds, team_holds


def _as_holds(keys: Sequence[KeyRecord], keep: Callable[[KeyRecord], bool]) -> list[Hold]:
    return [
        Hold(key_id=k.id, cap=k.cap, spend=k.spend, order=(k.created_at or _DAWN, k.id))
        for k in keys
        if k.cap is not None and keep(k)
    ]


def _is_for(key: KeyRecord, use_case: UseCase) -> bool:
    alias = parse_alias(key.alias)
    return alias is not None and alias.use_case == use_case.name


def pr_spend(proxy: Proxy, context: JobContext, use_case: UseCase, now: datetime) -> Decimal | None:
    """What this use case has cost on this pull request so far (USD); None without a cap on it."""
    if context.pull_request is None or use_case.cap_per_pr is None:
        return None
    since = context.pull_request.opened_at or now - _PR_LIFE
    found = proxy.spent_by_alias(scope_prefix(context.repository, context.scope), since=since)
    aliases = ((parse_alias(alias), spent) for alias, spent in found.items())
    mine = (spent for alias, spent in aliases if alias and alias.use_case == use_case.name)
    return sum(mine, Decimal(0))
