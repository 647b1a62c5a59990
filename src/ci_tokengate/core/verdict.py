"""May this job's agent run? A decision over values: no clock, no I/O (DESIGN D3, D4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.budget import Plan, TeamBudget, plan_of
from ci_tokengate.core.governance.exemption import Exemption, extra_for_use_case, next_change
from ci_tokengate.core.policy import Mode, Policy, Routing, Team, Tiers, UseCase
from ci_tokengate.core.runaway import Reached


class Tier(Enum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    HARD_STOP = "hard-stop"
    NONE = "none"
    """There is no plan to measure against."""


class Outcome(Enum):
    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


class Cause(Enum):
    """Why the outcome is what it is; each has its own text in `render.verdict`."""

    WITHIN_PLAN = "within plan"
    NEAR_PLAN = "near plan"
    OVER_PLAN = "over plan"
    HARD_STOP = "hard stop"
    PLAN_IS_ZERO = "plan is zero"
    NO_PLAN = "no plan"
    TEAM_BLOCKED = "team blocked"
    PR_CAP_SPENT = "pull request's cap spent"
    TEAM_LEFT_HELD = "what is left is held by running jobs"
    RUN_LIMIT = "limit of runs reached"
    EXEMPTED = "past the hard stop, within an exemption"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The answer, with the figures that explain it. USD; percentages are of the plan.

    remaining: to the hard stop, never below zero; None without a plan.
    would_block, observed_since: in observe mode, what enforcement would have done, and its start.
    bound, used, held: for a cap's cause: its amount, what is spent of it, what running keys hold.
    reached: for the cause of a limit of runs: which, and how many there are.
    exempted: what exemptions in force add to the hard stop; exempted_until: when that changes.
    """

    outcome: Outcome
    tier: Tier
    cause: Cause
    team: str
    use_case: str
    agentic: bool
    spend: Decimal
    plan: Plan
    hard_stop_percent: Decimal
    remaining: Decimal | None
    resets_at: datetime | None
    proxy_max_budget: Decimal | None = None
    would_block: bool = False
    observed_since: date | None = None
    bound: Decimal = Decimal(0)
    used: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    exempted: Decimal = Decimal(0)
    exempted_until: datetime | None = None
    reached: Reached | None = None

    @property
    def allowed(self) -> bool:
        return self.outcome is not Outcome.BLOCK

    @property
    def utilization(self) -> Decimal | None:
        """Spend in percent of the plan; None without a plan or with a plan of zero."""
        if not self.plan.amount:
            return None
        return self.spend * 100 / self.plan.amount

    @property
    def proxy_stops_at(self) -> Decimal | None:
        """Percent of plan at which the proxy refuses, where that is before our hard stop."""
        if not self.plan.amount or self.proxy_max_budget is None:
            return None
        percent = self.proxy_max_budget * 100 / self.plan.amount
        return percent if percent < self.hard_stop_percent else None


def tier_of(spend: Decimal, plan: Plan, tiers: Tiers) -> Tier:
    """A bound belongs to the tier it begins: exactly 80 % is amber. A plan of zero is past its stop."""
    if plan.amount is None:
        return Tier.NONE
    reached = [
        tier
        for tier, percent in (
            (Tier.AMBER, tiers.amber),
            (Tier.RED, tiers.red),
            (Tier.HARD_STOP, tiers.hard_stop),
        )
        if spend * 100 >= plan.amount * percent
    ]
    return reached[-1] if reached else Tier.GREEN


def decide(policy: Policy, team: Team, use_case: UseCase, budget: TeamBudget) -> Verdict:
    """The verdict on a team's budget alone; caps are weighed afterwards, by `refuse`."""
    plan = plan_of(team, budget)
    tier = tier_of(budget.spend, plan, policy.tiers)
    stops = tier is Tier.HARD_STOP and use_case.agentic
    observing = policy.mode is Mode.OBSERVE
    blocked = budget.blocked or (stops and not observing)
    stop = plan.hard_stop(policy.tiers)
    return Verdict(
        outcome=_outcome(tier, blocked),
        tier=tier,
        cause=Cause.TEAM_BLOCKED if budget.blocked else _cause(tier, plan),
        team=team.name,
        use_case=use_case.name,
        agentic=use_case.agentic,
        spend=budget.spend,
        plan=plan,
        hard_stop_percent=policy.tiers.hard_stop,
        remaining=None if stop is None else max(stop - budget.spend, Decimal(0)),
        resets_at=budget.resets_at,
        proxy_max_budget=budget.max_budget,
        would_block=stops and observing,
        observed_since=policy.observe_since if observing else None,
    )


def near_stop(verdict: Verdict, use_case: UseCase) -> bool:
    """An exemption could matter: the team is red or beyond, or has less left than a run may cost."""
    if verdict.tier in (Tier.RED, Tier.HARD_STOP):
        return True
    return verdict.remaining is not None and verdict.remaining < use_case.cap_per_run


def exempt(
    verdict: Verdict, exemptions: Sequence[Exemption], tiers: Tiers, *, now: datetime
) -> Verdict:
    """The same verdict with what exemptions in force add to the hard stop.

    An exemption is an amount above the hard stop, not a switch: once that is spent too, it blocks.
    A team that the proxy blocks, and one whose plan is nothing, is not exempted by it.
    """
    about = [e for e in exemptions if e.covers(verdict.team, verdict.use_case)]
    extra = extra_for_use_case(about, team=verdict.team, use_case=verdict.use_case, now=now)
    stop = verdict.plan.hard_stop(tiers)
    if not extra or not stop or verdict.cause is Cause.TEAM_BLOCKED:
        return verdict
    left = max(stop + extra - verdict.spend, Decimal(0))
    found = replace(verdict, remaining=left, exempted=extra, exempted_until=next_change(about, now))
    if verdict.tier is not Tier.HARD_STOP or not left:
        return found
    return replace(found, outcome=Outcome.WARN, cause=Cause.EXEMPTED, would_block=False)


def limit(verdict: Verdict, found: Reached, mode: Mode) -> Verdict:
    """The verdict when as many runs have had a key as may: only an agent's, and only enforced, is blocked."""
    if not (verdict.agentic and verdict.allowed):
        return verdict
    if mode is Mode.OBSERVE:
        return replace(verdict, outcome=Outcome.WARN, reached=found, would_block=True)
    return replace(verdict, outcome=Outcome.BLOCK, cause=Cause.RUN_LIMIT, reached=found)


def routing_at(use_case: UseCase, tier: Tier, mode: Mode = Mode.ENFORCE) -> Routing:
    """The models of the use case in this tier: amber and red may route further down.

    Not in observe mode: a baseline of what was routed down already would be too low.
    """
    if mode is Mode.OBSERVE:
        return use_case.routing
    if tier in (Tier.RED, Tier.HARD_STOP):
        return use_case.when_red or use_case.when_amber or use_case.routing
    if tier is Tier.AMBER:
        return use_case.when_amber or use_case.routing
    return use_case.routing


def _outcome(tier: Tier, blocked: bool) -> Outcome:
    if blocked:
        return Outcome.BLOCK
    return Outcome.ALLOW if tier is Tier.GREEN else Outcome.WARN


def _cause(tier: Tier, plan: Plan) -> Cause:
    if plan.amount == 0:
        return Cause.PLAN_IS_ZERO
    return {
        Tier.GREEN: Cause.WITHIN_PLAN,
        Tier.AMBER: Cause.NEAR_PLAN,
        Tier.RED: Cause.OVER_PLAN,
        Tier.HARD_STOP: Cause.HARD_STOP,
        Tier.NONE: Cause.NO_PLAN,
    }[tier]
