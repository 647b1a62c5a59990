"""A policy against what its proxy has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ci_tokengate.core.advice.advice import Advice
from ci_tokengate.core.advice.offline import judged
from ci_tokengate.core.advice.served import ServedModel, missing_models, plans_there, teams_there
from ci_tokengate.core.governance.team import TeamRecord
from ci_tokengate.core.level import Level
from tests.core.advice.policies import changed

MODELS = [ServedModel(name=name) for name in ("claude-haiku", "claude-sonnet")]


def _team(team_id: str, max_budget: str | None = "1200", **more: Any) -> TeamRecord:
    fields: dict[str, Any] = {
        "alias": team_id,
        "spend": Decimal(0),
        "soft_budget": None,
        "budget_duration": "30d",
        "resets_at": None,
        "metadata": {},
    } | more
    budget = None if max_budget is None else Decimal(max_budget)
    return TeamRecord(id=team_id, max_budget=budget, **fields)


BOTH = [_team("payments"), _team("search", "300")]


def _said(found: Any) -> list[tuple[Level, str, str]]:
    told: list[Advice] = list(found)
    return [(a.level, ".".join(map(str, a.place)), a.message) for a in told]


def test_nothing_is_said_where_both_know_the_same() -> None:
    assert _said(missing_models(changed(), MODELS)) == []
    assert _said(teams_there(changed(), BOTH)) == []


def test_a_model_that_is_not_served_is_an_error_in_every_tier_that_names_it() -> None:
    policy = changed("[claude-haiku], cap", "[claude-hiaku], cap")
    found = list(missing_models(policy, MODELS))
    assert _said(found) == [
        (Level.ERROR, "use-cases.completion.models", "the proxy serves no claude-hiaku")
    ]
    assert found[0].hint.startswith("did you mean claude-haiku?")
    amber = "when-amber: {models: [claude-haiku], route: {claude-sonnet: claude-haiku}}"
    places = [
        place
        for _, place, _ in _said(
            missing_models(changed(amber, amber.replace("haiku", "nonesuch")), MODELS)
        )
    ]
    assert places == ["use-cases.code-review.when-amber.models"]


def test_a_pattern_serves_what_fits_it() -> None:
    wild = [ServedModel(name="claude-*")]
    assert _said(missing_models(changed(), wild)) == []
    assert len(_said(missing_models(changed(), [ServedModel(name="gpt-*")]))) == 4


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (
            [_team("payments")],
            [(Level.ERROR, "teams.search", "the proxy knows no team search")],
        ),
        (
            [_team("payments", "800"), BOTH[1]],
            [
                (
                    Level.WARNING,
                    "teams.payments.plan",
                    "red and the hard stop of payments cannot be reached: the proxy stops it at "
                    "$800, 100 % of its plan",
                )
            ],
        ),
        (
            [_team("payments", "400"), BOTH[1]],
            [
                (
                    Level.WARNING,
                    "teams.payments.plan",
                    "amber, red and the hard stop of payments cannot be reached: the proxy "
                    "stops it at $400, 50 % of its plan",
                )
            ],
        ),
        (
            [*BOTH, _team("zeta", spend=Decimal(9)), _team("ideas")],
            [
                (
                    Level.NOTE,
                    "teams",
                    "the policy names none of these teams at the proxy: zeta, ideas",
                )
            ],
        ),
        # an exemption has raised it, and will not for ever
        (
            [_team("payments", "1250", metadata={"tokengate": {"raised_usd": 50}}), BOTH[1]],
            [],
        ),
        (
            [_team("payments", "1200", metadata={"tokengate": {"raised_usd": 100}}), BOTH[1]],
            [
                (
                    Level.WARNING,
                    "teams.payments.plan",
                    "the hard stop of payments cannot be reached: the proxy stops it at $1,100, "
                    "138 % of its plan",
                )
            ],
        ),
    ],
)
def test_teams_that_differ_are_told(
    records: list[TeamRecord], expected: list[tuple[Level, str, str]]
) -> None:
    assert _said(teams_there(changed(), records)) == expected


def test_an_alias_in_place_of_an_id_is_told_with_the_id() -> None:
    found, _ = teams_there(changed(), [BOTH[0], _team("7f0c", "300", alias="search")])
    assert "its team_id is 7f0c: set teams.search.id" in found.hint


def test_a_plan_that_only_the_proxy_knows_is_measured_by_as_the_gate_does() -> None:
    """`max_budget` is the plan where there is no other, and then stops the team at 100 % of it."""
    policy = changed("search: {plan: 200}", "search: {}")
    search = _team("search", "200")
    assert plans_there(policy, [BOTH[0], search]) == {"search": Decimal(200)}
    [found] = teams_there(policy, [BOTH[0], search])
    assert found.message.startswith("red and the hard stop of search cannot be reached")
    assert found.hint == "set teams.search.plan, then `ci-tokengate budget apply`"
    written = _team("search", "300", metadata={"tokengate": {"plan_usd": "150.5"}})
    assert plans_there(policy, [written]) == {"search": Decimal("150.5")}
    assert plans_there(policy, []) == {}
    big = changed("cap-per-pr: 10", "cap-per-pr: 1300")
    without = replace(big, teams={**big.teams, "search": policy.teams["search"]})
    day = date(2026, 11, 28)
    caps = [a.place[-1] for a in judged(without, day, plans={"search": Decimal(200)})]
    assert "cap-per-pr" in caps
    assert "cap-per-pr" not in [a.place[-1] for a in judged(without, day)]


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (_team("search", None), 1),
        (_team("search", "300"), 0),
        (_team("search", None, metadata={"tokengate": {"plan_usd": 200}}), 0),
    ],
)
def test_a_team_without_a_plan_anywhere_is_a_warning(record: TeamRecord, told: int) -> None:
    policy = changed("search: {plan: 200}", "search: {}")
    found = [a for a in teams_there(policy, [BOTH[0], record]) if "no plan" in a.message]
    assert [a.level for a in found] == [Level.WARNING] * told
