"""From the policy and the proxy's figures to the verdict and the limits. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ci_tokengate.core.cap import Cap, Hold, Limits, key_cap, lifetime, limits_of, worth_minting
from ci_tokengate.core.cap_refusal import observed_refusal
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.context import JobContext
from ci_tokengate.core.decide import decide, exempt, limit, near_stop
from ci_tokengate.core.governance.exemption import Granted
from ci_tokengate.core.keys import Credential
from ci_tokengate.core.policy import Mode, Policy, Routing, Team, UseCase
from ci_tokengate.core.tier import routing_at
from ci_tokengate.core.verdict import Cause, Verdict
from ci_tokengate.lifecycle.admission_notes import policy_notes, proxy_notes
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.lifecycle.conditions import check_models, check_not_admin, check_route
from ci_tokengate.lifecycle.holds import holds, pr_spend
from ci_tokengate.lifecycle.runs import count_runs
from ci_tokengate.ports import Proxy


@dataclass(frozen=True, kw_only=True)
class Admission:
    """A verdict, and if it allows: what a key may be. `cap` is None when the verdict blocks.

    notes: what the reader should know besides, one sentence each.
    """

    verdict: Verdict
    team: Team
    use_case: UseCase
    routing: Routing
    ttl: timedelta
    limits: Limits
    cap: Cap | None
    credential: Credential
    notes: tuple[str, ...] = ()


Exemptions = Callable[[], Granted]
"""Reads those that do not stand in the policy file itself: asked only where one could matter."""


def admit(
    proxy: Proxy,
    policy: Policy,
    context: JobContext,
    ask: Ask,
    *,
    now: datetime,
    exemptions: Exemptions = Granted,
) -> Admission:
    """The verdict on what is asked, and what a key may be.

    Raises UsageError for what the policy or the proxy does not know, CredentialError for an
    admin's key (DESIGN D10), UndecidedError where a figure cannot be had.
    """
    where = {"workflow": context.workflow, "job": context.job}
    team = policy.team(ask.team, **where)
    use_case = policy.use_case(ask.use_case, **where)
    credential = proxy.credential()
    check_not_admin(credential, allowed=policy.allow_admin_key)
    budget = proxy.team_budget(team.id)
    verdict = decide(policy, team, use_case, budget)
    granted = exemptions() if near_stop(verdict, use_case) else Granted()
    verdict = exempt(verdict, [*policy.exemptions, *granted.exemptions], policy.tiers, now=now)
    found = count_runs(proxy, policy, context, team, now) if verdict.allowed else None
    verdict = limit(verdict, found, policy.mode) if found else verdict
    routing = routing_at(use_case, verdict.tier, policy.mode)
    able = proxy.capabilities
    check_models(routing, budget, team, use_case)
    check_route(routing, able, use_case)
    spent = pr_spend(proxy, context, use_case, now) if verdict.allowed else None
    limits, earnest = (
        limits_of(each, use_case, verdict, asked=ask.max_budget, pr_spend=spent)
        for each in (policy, replace(policy, mode=Mode.ENFORCE))
    )
    cap = None
    if verdict.allowed:
        held = holds(proxy, context, use_case, team, earnest)
        cap, real = (_cap(each, able, held) for each in (limits, earnest))
        if not worth_minting(real):
            verdict = observed_refusal(verdict, real, earnest, use_case, policy.mode)
            cap = cap if verdict.allowed else None
    return Admission(
        verdict=verdict,
        team=team,
        use_case=use_case,
        routing=routing,
        ttl=_within(verdict, lifetime(policy, use_case, ask.ttl), now),
        limits=limits,
        cap=cap,
        credential=credential,
        notes=(
            *policy_notes(policy, use_case, ask, verdict),
            *(proxy_notes(able, use_case, routing, cap) if cap else ()),
            *granted.troubles,
        ),
    )


def _cap(limits: Limits, able: Capabilities, held: tuple[Sequence[Hold], Sequence[Hold]]) -> Cap:
    """`held` by live keys of the pull request, and of the team."""
    pr_holds, team_holds = held
    return key_cap(limits, step=able.cap_step, pr_holds=pr_holds, team_holds=team_holds)


def _within(verdict: Verdict, ttl: timedelta, now: datetime) -> timedelta:
    """No key outlives the exemption that it was minted by."""
    if verdict.cause is not Cause.EXEMPTED or verdict.exempted_until is None:
        return ttl
    left = verdict.exempted_until - now
    return min(ttl, max(timedelta(seconds=int(left.total_seconds())), timedelta(seconds=1)))
