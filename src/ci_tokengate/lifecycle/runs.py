"""How many runs have had a key today, where the policy limits them: no request where it does not."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from ci_tokengate.core.alias import PREFIX, repository_prefix
from ci_tokengate.core.context import JobContext
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.core.runaway import Reached, day_began, reached
from ci_tokengate.ports import Proxy


def count_runs(
    proxy: Proxy, policy: Policy, context: JobContext, team: Team, now: datetime
) -> Reached | None:
    """The limit that this job would pass, if any. Two that begin in the same second may both be let in."""
    limits = policy.limits
    today = _of_today(proxy, policy, context, now) if limits.of_a_day else []
    live: list[KeyRecord] = []
    if limits.keys_per_team is not None:
        live = proxy.live_keys(prefix=PREFIX, team_id=team.id)
    return reached(limits, context, today=today, live=live)


def _of_today(proxy: Proxy, policy: Policy, context: JobContext, now: datetime) -> list[KeyRecord]:
    """Revoked ones too: most of a day's jobs are over."""
    zone = timezone.utc if policy.zone == "UTC" else ZoneInfo(policy.zone)
    prefix, since = repository_prefix(context.repository), day_began(now, zone)
    found = [
        *proxy.keys(prefix=prefix, since=since),
        *proxy.revoked_keys(prefix=prefix, since=since),
    ]
    return [*{key.id: key for key in found}.values()]
