from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.budget import Plan, PlanSource, TeamBudget, plan_of
from ci_tokengate.core.decide import decide, exempt
from ci_tokengate.core.governance.exemption import Exemption
from ci_tokengate.core.policy import Mode, Routing, Tiers
from ci_tokengate.core.tier import Tier, routing_at, tier_of
from ci_tokengate.core.verdict import Cause, Outcome, Verdict
from tests.fakes import NOW, a_policy, a_use_case

MONEY = st.decimals(min_value=0, max_value=10**6, places=6)


def _verdict(
    spend: str, *, plan: str | None = "200", agentic: bool = True, **budget: object
) -> Verdict:
    case = a_use_case(agentic=agentic)
    policy = a_policy(case, plan=plan)
    found = TeamBudget(spend=Decimal(spend), **budget)  # type: ignore[arg-type]
    return decide(policy, policy.teams["t"], case, found)


@pytest.mark.parametrize(
    ("spend", "tier", "outcome"),
    [
        ("0", Tier.GREEN, Outcome.ALLOW),
        ("159.9999999999", Tier.GREEN, Outcome.ALLOW),
        ("160", Tier.AMBER, Outcome.WARN),
        ("219.9999999999", Tier.AMBER, Outcome.WARN),
        ("220", Tier.RED, Outcome.WARN),
        ("299.9999999999", Tier.RED, Outcome.WARN),
        ("300", Tier.HARD_STOP, Outcome.BLOCK),
        ("312.40", Tier.HARD_STOP, Outcome.BLOCK),
    ],
)
def test_a_bound_belongs_to_the_tier_it_begins(spend: str, tier: Tier, outcome: Outcome) -> None:
    verdict = _verdict(spend)
    assert (verdict.tier, verdict.outcome) == (tier, outcome)


def test_a_use_case_that_is_not_agentic_passes_the_hard_stop() -> None:
    verdict = _verdict("300", agentic=False)
    assert verdict.allowed
    assert verdict.tier is Tier.HARD_STOP


def test_without_any_plan_nothing_is_blocked_and_it_is_said() -> None:
    verdict = _verdict("99999", plan=None)
    assert (verdict.cause, verdict.tier, verdict.outcome) == (
        Cause.NO_PLAN,
        Tier.NONE,
        Outcome.WARN,
    )
    assert verdict.utilization is None
    assert verdict.remaining is None


def test_a_plan_of_zero_is_past_its_hard_stop_from_the_start() -> None:
    verdict = _verdict("0", plan="0")
    assert (verdict.cause, verdict.outcome) == (Cause.PLAN_IS_ZERO, Outcome.BLOCK)
    assert verdict.utilization is None


def test_a_team_that_the_proxy_has_blocked_is_blocked_whatever_its_budget() -> None:
    assert _verdict("0", blocked=True).cause is Cause.TEAM_BLOCKED


@pytest.mark.parametrize("spend", ["0", "160", "300", "100000"])
@pytest.mark.parametrize("plan", ["200", "0", None])
def test_observe_mode_never_blocks_and_says_what_it_would_have_done(
    spend: str, plan: str | None
) -> None:
    case = a_use_case()
    policy = a_policy(case, plan=plan)
    observing = replace(policy, mode=Mode.OBSERVE, observe_since=date(2026, 10, 1))
    budget = TeamBudget(spend=Decimal(spend))
    enforced = decide(policy, policy.teams["t"], case, budget)
    observed = decide(observing, policy.teams["t"], case, budget)
    assert observed.allowed
    assert observed.would_block is not enforced.allowed


@pytest.mark.parametrize(
    ("policy", "metadata", "max_budget", "source", "amount"),
    [
        ("800", "700", "1200", PlanSource.POLICY, "800"),
        (None, "700", "1200", PlanSource.METADATA, "700"),
        (None, None, "1200", PlanSource.MAX_BUDGET, "1200"),
        (None, None, None, PlanSource.NONE, None),
    ],
)
def test_the_plan_is_the_policys_then_the_teams_metadata_then_its_max_budget(
    policy: str | None,
    metadata: str | None,
    max_budget: str | None,
    source: PlanSource,
    amount: str | None,
) -> None:
    def usd(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    budget = TeamBudget(spend=Decimal(0), metadata_plan=usd(metadata), max_budget=usd(max_budget))
    team = a_policy(plan=policy).teams["t"]
    assert plan_of(team, budget) == Plan(amount=usd(amount), source=source)


def test_a_proxy_that_stops_before_the_hard_stop_is_reported() -> None:
    assert _verdict("0", max_budget=Decimal(200)).proxy_stops_at == 100
    assert _verdict("0", max_budget=Decimal(300)).proxy_stops_at is None


@given(MONEY, MONEY, MONEY)
def test_more_spend_never_leads_to_a_lower_tier(
    spend: Decimal, more: Decimal, plan: Decimal
) -> None:
    order = [Tier.GREEN, Tier.AMBER, Tier.RED, Tier.HARD_STOP]
    made = Plan(amount=plan, source=PlanSource.POLICY)
    before, after = (tier_of(s, made, Tiers()) for s in (spend, spend + more))
    assert order.index(after) >= order.index(before)


def _granted(extra: str, **about: str) -> Exemption:
    whole = {"name": "e", "team": "t", "reason": "r", "requested_by": "o"} | about
    return Exemption(
        extra=Decimal(extra), starts_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(days=1), **whole
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spend", "extra", "outcome", "cause", "remaining"),
    [
        ("300", "50", Outcome.WARN, Cause.EXEMPTED, "50"),
        ("349.9999999999", "50", Outcome.WARN, Cause.EXEMPTED, "0.0000000001"),
        ("350", "50", Outcome.BLOCK, Cause.HARD_STOP, "0"),
        ("290", "50", Outcome.WARN, Cause.OVER_PLAN, "60"),
    ],
)
def test_an_exemption_is_an_amount_above_the_hard_stop_and_blocks_when_that_is_spent(
    spend: str, extra: str, outcome: Outcome, cause: Cause, remaining: str
) -> None:
    found = exempt(_verdict(spend), [_granted(extra)], Tiers(), now=NOW)
    assert (found.outcome, found.cause, found.remaining) == (outcome, cause, Decimal(remaining))
    assert found.exempted_until == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("exemption", "now"),
    [
        (_granted("50", team="other"), NOW),
        (_granted("50", use_case="other"), NOW),
        (_granted("50"), NOW + timedelta(days=1)),
        (_granted("50"), NOW - timedelta(days=1, seconds=1)),
    ],
)
def test_an_exemption_of_another_or_at_another_time_changes_nothing(
    exemption: Exemption, now: datetime
) -> None:
    verdict = _verdict("300")
    assert exempt(verdict, [exemption], Tiers(), now=now) == verdict


def test_neither_a_blocked_team_nor_a_plan_of_nothing_is_exempted() -> None:
    for verdict in (_verdict("300", blocked=True), _verdict("0", plan="0")):
        assert not exempt(verdict, [_granted("50")], Tiers(), now=NOW).allowed


@given(MONEY, MONEY, MONEY)
def test_an_exemption_never_takes_anything_away(
    spend: Decimal, plan: Decimal, extra: Decimal
) -> None:
    verdict = _verdict(str(spend), plan=str(plan))
    found = exempt(verdict, [_granted(str(extra))], Tiers(), now=NOW)
    assert found.allowed or not verdict.allowed
    assert verdict.remaining is not None
    assert found.remaining is not None
    assert found.remaining >= verdict.remaining
    assert found.tier is verdict.tier


def test_amber_and_red_route_further_down_and_red_falls_back_to_ambers() -> None:
    amber, red = Routing(models=("haiku",)), Routing(models=("nano",))
    case = replace(a_use_case(), when_amber=amber)
    assert routing_at(case, Tier.GREEN) == case.routing
    assert routing_at(case, Tier.AMBER) == amber
    assert routing_at(case, Tier.RED) == amber
    assert routing_at(replace(case, when_red=red), Tier.RED) == red
    assert routing_at(a_use_case(), Tier.HARD_STOP) == case.routing
