"""Each answer that the proxy can give about a team's budget has its own words and exit code."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stage.claims import annotation_of, complaint_of, nothing_was_minted
from tests.stage.relay import Relay, Spoil, Way
from tests.stage.world import BASE, PATH, POLICY, World


def _with(**changes: Any) -> Spoil:
    """The team's record, changed."""
    return lambda body: {**body, "team_info": {**body["team_info"], **changes}}


UNKNOWN = {
    "null": (_with(spend=None), "reports no spend for team payments-squad"),
    "not there at all": (
        lambda body: {"team_info": {"team_id": "payments-squad"}},
        "reports no spend for team payments-squad",
    ),
    "NaN": (_with(spend=float("nan")), "reports a spend that is no amount in USD"),
    "infinite": (_with(spend=float("inf")), "reports a spend that is no amount in USD"),
    "text": (_with(spend="a lot"), "reports a spend that is no amount in USD"),
    "beyond any budget": (_with(spend=1e300), "reports a spend that is no amount in USD"),
    "a list": (_with(spend=[1]), "reports a spend that is no amount in USD"),
    "in a record of another form": (lambda body: {"team": body}, "in a form that is not LiteLLM's"),
    "with a budget that is NaN": (_with(max_budget=float("nan")), "not LiteLLM's"),
    "with a reset before all time": (
        _with(budget_reset_at="0001-01-01T00:00:00+14:00"),
        "not LiteLLM's",
    ),
    "with a plan in words": (
        _with(metadata={"tokengate": {"plan_usd": "a lot"}}),
        "metadata.tokengate.plan_usd of team payments-squad at the proxy is no amount in USD",
    ),
    "with a plan beyond any budget": (
        _with(metadata={"tokengate": {"plan_usd": 1e300}}),
        "metadata.tokengate.plan_usd of team payments-squad at the proxy is no amount in USD",
    ),
}


@pytest.mark.parametrize(("spoil", "words"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_spend_that_is_unknown_is_not_zero(
    world: World, relay: Relay, spoil: Spoil, words: str
) -> None:
    relay.add("/team/info", Way.SPOIL, times=2, spoil=spoil)
    step = world.job().main()
    assert step.code == 3
    assert words in annotation_of(step)
    assert step.outputs["verdict"] == "undecided"
    assert step.outputs["allowed"] == "false"
    assert "so no key was minted and the step fails" in step.out
    done = world.cli("gate")
    assert done.code == 3
    assert words in complaint_of(done)
    nothing_was_minted(world)


def test_a_database_that_is_down_is_not_taken_for_an_unknown_team(world: World) -> None:
    world.job().main()
    minted = world.minted
    world.sandbox.set_database(up=False)
    step = world.job().main()
    assert step.code == 3
    assert "The proxy's database is down (HTTP 503 from /health/readiness)." in annotation_of(step)
    assert "knows no team" not in step.said
    assert world.minted == minted


def test_a_team_not_found_while_the_database_is_down_is_undecided(
    world: World, relay: Relay
) -> None:
    relay.add("/user/list", Way.REFUSE, status=403)
    relay.add("/key/info", Way.SPOIL, spoil=_lose_the_database(world))
    step = world.job().main()
    assert step.code == 3
    assert "The proxy's database is down" in annotation_of(step)
    nothing_was_minted(world)


def _lose_the_database(world: World) -> Spoil:
    def spoil(body: Any) -> Any:
        world.sandbox.set_database(up=False)
        return body

    return spoil


def test_a_team_without_any_budget_passes_with_a_warning(world: World) -> None:
    step = world.job().main(team="platform")
    assert step.code == 0
    assert "platform has no plan to measure $0.00 against" in annotation_of(step, "warning")
    assert step.outputs["plan-usd"] == ""
    assert step.outputs["utilization"] == ""
    assert step.outputs["tier"] == "none"


def test_a_plan_of_zero_blocks_what_is_agentic_and_says_so(world: World) -> None:
    world.github.files[(BASE, PATH)] = POLICY.replace("plan: 800", "plan: 0")
    step = world.job().main()
    assert step.code == 1
    assert "payments-squad has a plan of $0: it may not spend" in annotation_of(step)
    nothing_was_minted(world)
    step = world.job().main(use_case="embeddings")
    assert step.code == 0
    assert len(world.live) == 1


def test_a_team_past_its_hard_stop_is_refused_with_the_figures(world: World) -> None:
    world.spend("search-squad", "312.40")
    step = world.job().main(team="search-squad")
    assert step.code == 1
    assert "past its hard stop: $312.40 of $200.00 (156.2 %, stop at 150 %)" in annotation_of(step)
    assert step.outputs["verdict"] == "block"
    assert step.outputs["tier"] == "hard-stop"
    nothing_was_minted(world)


@pytest.mark.parametrize(
    ("spend", "tier"),
    [("159.99", "green"), ("160", "amber"), ("219.99", "amber"), ("220", "red"), ("299.99", "red")],
)
def test_a_bound_belongs_to_the_tier_it_begins(world: World, spend: str, tier: str) -> None:
    world.spend("search-squad", spend)
    step = world.job().main(team="search-squad", mode="gate")
    assert step.code == 0
    assert step.outputs["tier"] == tier
