from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.governance.desired import change_of, desired_of, merged_metadata, taken_back
from ci_tokengate.core.governance.team import Desired, Share, TeamRecord, Why
from ci_tokengate.core.policy import Team, Tiers

LATER = datetime(2026, 12, 2, tzinfo=timezone.utc)
MONEY = st.decimals(min_value=0, max_value=10**6, places=4)


def _team(plan: str | None = "200") -> Team:
    return Team(name="search-squad", id="team-7", plan=None if plan is None else Decimal(plan))


def _record(**fields: Any) -> TeamRecord:
    whole: dict[str, Any] = {
        "id": "team-7",
        "alias": "search",
        "spend": Decimal(10),
        "max_budget": Decimal(300),
        "soft_budget": Decimal(160),
        "budget_duration": "30d",
        "resets_at": None,
        "metadata": {"tokengate": {"plan_usd": 200}},
    }
    return TeamRecord(**(whole | fields))


def _shares(*amounts: str | Decimal) -> dict[str, Share]:
    """A repository each."""
    return {
        f"acme/{n}": Share(amount=Decimal(amount), until=LATER) for n, amount in enumerate(amounts)
    }


def _names(
    record: TeamRecord, *extras: str, plan: str = "200"
) -> dict[str, tuple[str | None, str | None]]:
    found = change_of(_team(plan), Tiers(), record, _shares(*extras))
    return {d.name: (d.now, d.wanted) for d in found.differences}


def test_the_proxy_should_warn_at_amber_and_refuse_at_the_hard_stop() -> None:
    assert desired_of(_team(), Tiers()) == Desired(
        plan=Decimal(200), soft_budget=Decimal(160), max_budget=Decimal(300)
    )


def test_a_team_that_is_as_it_should_be_has_no_differences() -> None:
    assert _names(_record()) == {}


@pytest.mark.parametrize(
    ("fields", "name", "now", "wanted"),
    [
        ({"max_budget": Decimal(200)}, "max_budget", "200", "300"),
        ({"max_budget": None}, "max_budget", None, "300"),
        ({"soft_budget": None}, "soft_budget", None, "160"),
        ({"metadata": {}}, "metadata.tokengate.plan_usd", None, "200"),
        ({"metadata": {"tokengate": {"plan_usd": "x"}}}, "metadata.tokengate.plan_usd", "x", "200"),
        ({"metadata": {"tokengate": 5}}, "metadata.tokengate.plan_usd", None, "200"),
        ({"budget_duration": None}, "budget_duration", None, "30d"),
    ],
)
def test_each_setting_that_differs_is_named_with_both_figures(
    fields: dict[str, Any], name: str, now: str | None, wanted: str
) -> None:
    assert _names(_record(**fields)) == {name: (now, wanted)}


def test_an_exemption_raises_the_circuit_breaker_and_nothing_else() -> None:
    assert _names(_record(), "50", "25.5") == {
        "max_budget": ("300", "375.5"),
        "metadata.tokengate.raised_usd": ("0", "75.5"),
    }


def test_a_share_that_lasts_longer_or_is_anothers_by_now_is_a_difference_by_itself() -> None:
    noted = {
        "raised_usd": 50,
        "raised_by": {"acme/0": {"usd": 50, "until": "2026-12-01T00:00:00Z"}},
    }
    record = _record(max_budget=Decimal(350), metadata={"tokengate": {"plan_usd": 200, **noted}})
    assert _names(record, "50") == {
        "metadata.tokengate.raised_by": (
            "acme/0 50 until 2026-12-01T00:00:00Z",
            "acme/0 50 until 2026-12-02T00:00:00Z",
        )
    }


def test_after_its_window_what_was_raised_is_taken_back_also_with_a_new_plan() -> None:
    raised = _record(max_budget=Decimal(400))
    assert _names(raised) == {"max_budget": ("400", "300")}
    assert _names(raised, plan="100")["max_budget"] == ("400", "150")


def test_teams_without_a_plan_and_teams_that_are_not_there_are_left_and_named() -> None:
    assert change_of(_team(None), Tiers(), _record()).why is Why.NO_PLAN
    assert change_of(_team(), Tiers(), None).why is Why.NOT_THERE


def test_what_was_raised_for_a_team_without_a_plan_is_taken_back_and_all_else_stays() -> None:
    raised = {"tokengate": {"plan_usd": 200, "raised_usd": "75.5"}}
    record = _record(max_budget=Decimal("375.5"), metadata=raised, budget_duration=None)
    found = taken_back("search-squad", record)
    assert {d.name: d.wanted for d in found.differences} == {
        "max_budget": "300",
        "metadata.tokengate.raised_usd": "0",
    }
    assert found.desired is not None
    assert merged_metadata(raised, found.desired) == {"tokengate": {"plan_usd": 200}}


@pytest.mark.parametrize("most", [None, Decimal(40), Decimal(300)])
def test_taking_back_gives_no_team_a_plan_that_had_none(most: Decimal | None) -> None:
    """A plan of 0 would stop it for good, and one made up of `max_budget` would outlive that."""
    raised = {"tokengate": {"raised_usd": 75}}
    found = taken_back("search-squad", _record(max_budget=most, metadata=raised))
    assert "metadata.tokengate.plan_usd" not in {d.name for d in found.differences}
    assert found.desired is not None
    assert merged_metadata(raised, found.desired) == {"tokengate": {}}
    again = _record(
        max_budget=found.desired.max_budget,
        soft_budget=found.desired.soft_budget,
        metadata=merged_metadata(raised, found.desired),
    )
    assert taken_back("search-squad", again).differences == ()


def test_what_others_wrote_in_the_metadata_survives() -> None:
    theirs = {
        "cost_center": "cc1",
        "nested": {"a": [1]},
        "tokengate": {"owner": "x", "plan_usd": 1},
    }
    desired = desired_of(_team("12.5"), Tiers())
    assert desired is not None
    assert merged_metadata(theirs, desired) == {
        "cost_center": "cc1",
        "nested": {"a": [1]},
        "tokengate": {"owner": "x", "plan_usd": "12.5"},
    }


@given(st.decimals(0, 999_999_999, places=10), st.decimals(0, 999_999, places=10))
def test_what_the_proxy_keeps_as_a_float_is_not_another_budget_the_next_time(
    plan: Decimal, extra: Decimal
) -> None:
    team = Team(name="t", id="t", plan=plan)
    desired = desired_of(team, Tiers(), _shares(extra))
    assert desired is not None
    kept = [
        None if amount is None else Decimal(repr(float(amount)))
        for amount in (desired.soft_budget, desired.max_budget)
    ]
    applied = _record(
        soft_budget=kept[0], max_budget=kept[1], metadata=merged_metadata({}, desired)
    )
    assert change_of(team, Tiers(), applied, _shares(*([extra] if extra else []))).differences == ()


@given(MONEY, st.lists(MONEY, max_size=4))
def test_once_applied_nothing_differs(plan: Decimal, extras: list[Decimal]) -> None:
    team = Team(name="t", id="t", plan=plan)
    shares = _shares(*filter(None, extras))
    desired = desired_of(team, Tiers(), shares)
    assert desired is not None
    applied = _record(
        soft_budget=desired.soft_budget,
        max_budget=desired.max_budget,
        metadata=merged_metadata({}, desired),
    )
    assert change_of(team, Tiers(), applied, shares).differences == ()
