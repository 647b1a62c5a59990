"""Budget utilisation: the month's spend against the plan, and where it is heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from ci_tokengate.core.budget import Plan, PlanSource
from ci_tokengate.core.ledger.records import BudgetRecord
from ci_tokengate.core.policy import Team, Tiers
from ci_tokengate.core.showback.period import Month, midnight
from ci_tokengate.core.showback.plans import for_month, is_month
from ci_tokengate.core.showback.values import Utilisation
from ci_tokengate.core.tier import tier_of

OVER = "the month is over"
TOO_EARLY = "too early to tell: less than a day is known"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the month has gone, as far as the proxy was read: days, with fractions."""

    elapsed: Decimal
    days: int
    over: bool

    @classmethod
    def of(cls, month: Month, known_until: datetime, now: datetime, zone: tzinfo) -> Progress:
        start, end = midnight(month.first, zone), midnight(month.end, zone)
        seconds = (min(known_until, end) - start).total_seconds()
        return cls(
            elapsed=max(Decimal(int(seconds)) / 86_400, Decimal(0)),
            days=month.days,
            over=now >= end,
        )


def utilisation(
    spend: Decimal,
    team: Team | None,
    records: Sequence[BudgetRecord],
    tiers: Tiers,
    progress: Progress,
) -> Utilisation:
    """`records` are the team's, one a proxy, the last before the month's end."""
    amount, source = _plan(team, records, progress)
    forecast, method = _forecast(spend, progress)
    plan = Plan(amount=amount, source=PlanSource.NONE)
    newest = max(records, key=lambda r: r.as_of, default=None)
    bounds = [r.max_budget for r in records if r.max_budget is not None]
    periods = sorted({r.period for r in records if not is_month(r.period)})
    return Utilisation(
        spend=spend,
        plan=amount,
        plan_from=source,
        plan_period=", ".join(periods) if amount is not None else "",
        tier=tier_of(spend, plan, tiers),
        method=method,
        forecast=forecast,
        forecast_tier=tier_of(spend if forecast is None else forecast, plan, tiers),
        proxy_spend=sum((r.spend for r in records), Decimal(0)) if records else None,
        proxy_as_of=newest.as_of if newest else None,
        resets_at=newest.resets_at if newest else None,
        max_budget=sum(bounds, Decimal(0)) if bounds else None,
    )


def _plan(
    team: Team | None, records: Sequence[BudgetRecord], progress: Progress
) -> tuple[Decimal | None, str]:
    """A month that is over keeps the plan it had; the policy of today is asked only where none is known.

    Plans are for the proxy's budget period, and what the month has is told: of a week's four and more.
    """
    recorded = [for_month(r.plan, r.period, progress.days) for r in records if r.plan is not None]
    declared = team.plan if team else None
    if recorded and (progress.over or declared is None):
        return sum(recorded, Decimal(0)), "as recorded"
    if declared is not None:
        newest = max(records, key=lambda r: r.as_of, default=None)
        return for_month(declared, newest.period if newest else "", progress.days), "policy"
    return None, ""


def _forecast(spend: Decimal, progress: Progress) -> tuple[Decimal | None, str]:
    """A straight line through what is known."""
    if progress.over:
        return spend, OVER
    if progress.elapsed < 1:
        return None, TOO_EARLY
    known = progress.elapsed.quantize(Decimal("0.1"))
    return (
        spend * progress.days / progress.elapsed,
        f"straight line: {known} of {progress.days} days are known",
    )
