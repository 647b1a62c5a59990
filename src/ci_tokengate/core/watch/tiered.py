"""A team's tier in its budget period, by what the proxy says. USD."""

from __future__ import annotations

from dataclasses import replace

from ci_tokengate.core.budget import plan_of
from ci_tokengate.core.governance.shares import raised_at
from ci_tokengate.core.governance.team import TeamRecord
from ci_tokengate.core.governance.unraised import unraised
from ci_tokengate.core.policy import Team, Tiers
from ci_tokengate.core.tier import Tier, tier_of
from ci_tokengate.core.watch.watched import TeamWatch


def with_tier(found: TeamWatch, team: Team, record: TeamRecord, tiers: Tiers) -> TeamWatch:
    """`found` is as it was where the proxy does not tell what the team has spent."""
    if record.spend is None:
        return found
    plan = plan_of(team, unraised(record))
    tier = tier_of(record.spend, plan, tiers)
    return replace(
        found,
        tier=Tier.GREEN if plan.amount == 0 == record.spend else tier,
        spend=record.spend,
        plan=plan.amount,
        hard_stop=plan.hard_stop(tiers),
        resets_at=record.resets_at,
        exempted=raised_at(record),
    )
