"""May this job's agent run? Decisions over values: no clock, no I/O (DESIGN D3, D4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from ci_tokengate.core.budget import Plan, TeamBudget, plan_of
from ci_tokengate.core.governance.exemption import Exemption, extra_for_use_case, next_change
from ci_tokengate.core.policy import Mode, Policy, Team, Tiers, UseCase
from ci_tokengate.core.runaway import Reached
from ci_tokengate.core.tier import Tier, tier_of
from ci_tokengate.core.verdict import Cause, Outcome, Verdict


def decide(policy: Policy, team: Team, use_case: UseCase, budget: TeamBudget) -> Verdict:
    """The verdict on a team's budget alone; caps are weighed afterwards, by `cap_refusal.refuse`."""
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
