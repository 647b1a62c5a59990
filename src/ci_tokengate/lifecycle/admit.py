"""From the policy and the proxy's figures to the verdict and the limits. Reads only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.cap import (
    Cap,
    Limits,
    key_cap,
    lifetime,
    limits_of,
    observed_refusal,
    worth_minting,
)
from ci_tokengate.core.capabilities import Capabilities, shortfalls, steps_words
from ci_tokengate.core.context import JobContext
from ci_tokengate.core.governance.exemption import Granted
from ci_tokengate.core.keys import Credential
from ci_tokengate.core.policy import Mode, Policy, Routing, Team, UseCase
from ci_tokengate.core.verdict import Cause, Verdict, decide, exempt, limit, near_stop, routing_at
from ci_tokengate.errors import CredentialError, UsageError
from ci_tokengate.lifecycle.holds import holds, pr_spend
from ci_tokengate.lifecycle.runs import count_runs
from ci_tokengate.ports import Proxy
from ci_tokengate.render.money import usd


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What the workflow asks for; empty and None mean: as the policy says. USD."""

    team: str = ""
    use_case: str = ""
    max_budget: Decimal | None = None
    ttl: timedelta | None = None


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
    _check_not_admin(credential, allowed=policy.allow_admin_key)
    budget = proxy.team_budget(team.id)
    verdict = decide(policy, team, use_case, budget)
    granted = exemptions() if near_stop(verdict, use_case) else Granted()
    verdict = exempt(verdict, [*policy.exemptions, *granted.exemptions], policy.tiers, now=now)
    found = count_runs(proxy, policy, context, team, now) if verdict.allowed else None
    verdict = limit(verdict, found, policy.mode) if found else verdict
    routing = routing_at(use_case, verdict.tier, policy.mode)
    able = proxy.capabilities
    _check_models(routing, budget, team, use_case)
    _check_route(routing, able, use_case)
    spent = pr_spend(proxy, context, use_case, now) if verdict.allowed else None
    limits = limits_of(policy, use_case, verdict, asked=ask.max_budget, pr_spend=spent)
    cap = None
    if verdict.allowed:
        earnest = limits_of(
            replace(policy, mode=Mode.ENFORCE),
            use_case,
            verdict,
            asked=ask.max_budget,
            pr_spend=spent,
        )
        pr_holds, team_holds = holds(proxy, context, use_case, team, earnest)
        cap, real = (
            key_cap(each, step=able.cap_step, pr_holds=pr_holds, team_holds=team_holds)
            for each in (limits, earnest)
        )
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
            *_notes(policy, use_case, ask, verdict),
            *(_shortfalls(able, use_case, routing, cap) if cap else ()),
            *granted.troubles,
        ),
    )


def _within(verdict: Verdict, ttl: timedelta, now: datetime) -> timedelta:
    """No key outlives the exemption that it was minted by."""
    if verdict.cause is not Cause.EXEMPTED or verdict.exempted_until is None:
        return ttl
    left = verdict.exempted_until - now
    return min(ttl, max(timedelta(seconds=int(left.total_seconds())), timedelta(seconds=1)))


def _check_not_admin(credential: Credential, *, allowed: bool) -> None:
    if credential.is_admin and not allowed:
        raise CredentialError(
            "proxy-key is a master or admin key of the proxy, and such a key never mints job keys.",
            hint="Set up a least-privileged minting key as the README shows. No budget binds an "
            "admin key; `allow-admin-key: true` in the policy accepts one all the same.",
        )


def _check_models(routing: Routing, budget: TeamBudget, team: Team, use_case: UseCase) -> None:
    """A team without a list of models may use all; the proxy's mint checks nothing of it."""
    if not budget.models or "all-proxy-models" in budget.models:
        return
    unknown = [m for m in routing.models if m not in budget.models]
    if unknown:
        raise UsageError(
            f"Team {team.name} may not use {', '.join(unknown)} at the proxy, "
            f"which use case {use_case.name} names.",
            hint=f"The team's models there: {', '.join(sorted(budget.models))}.",
        )


def _check_route(routing: Routing, able: Capabilities, use_case: UseCase) -> None:
    """A route that the proxy cannot take would be left out in silence, and the dearer model billed."""
    if routing.route and not able.routes_models:
        raise UsageError(
            f"Use case {use_case.name} routes {', '.join(routing.route)}, which a key of {able.product} cannot do.",
            hint="Take `route` out, and name in `models` what may be called"
            " (where the proxy has configs, one can route: pin it with `config`).",
        )


def _shortfalls(
    able: Capabilities, use_case: UseCase, routing: Routing, cap: Cap
) -> tuple[str, ...]:
    """What the proxy makes of the cap, and what it does not hold the key to."""
    rounded: tuple[str, ...] = ()
    if cap.rounded_up:
        rounded = (
            f"{able.product} caps keys in {steps_words(able.cap_step)}: "
            f"this one's cap of {usd(cap.left)} is {usd(cap.amount)}.",
        )
    return (*rounded, *shortfalls(able, use_case, routing))


def _notes(policy: Policy, use_case: UseCase, ask: Ask, verdict: Verdict) -> tuple[str, ...]:
    """Inputs may only lower what the policy says; a higher one has no effect, and is told."""
    notes = []
    meant = routing_at(use_case, verdict.tier, Mode.ENFORCE)
    if policy.mode is Mode.OBSERVE and meant != use_case.routing and not verdict.would_block:
        notes.append(
            f"Nothing is routed down in observe mode; enforcement would have given "
            f"{use_case.name} {', '.join(meant.models)} in {verdict.tier.value}."
        )
    if ask.max_budget is not None and ask.max_budget > use_case.cap_per_run:
        notes.append(
            f"max-budget is above the policy's cap-per-run of {use_case.name}; the policy's holds."
        )
    if ask.ttl is not None and ask.ttl > lifetime(policy, use_case, None):
        notes.append(f"ttl is above the policy's for {use_case.name}; the policy's holds.")
    return tuple(notes)
