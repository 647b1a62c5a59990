"""From the proxy and the policy to the report that a comment tells."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.context import PullRequest
from ci_tokengate.core.cost import SETTLES_AFTER, CostState
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.policy import Mode, Policy, Team
from ci_tokengate.core.report import Median, Refused, Stage
from ci_tokengate.core.tier import Tier
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.errors import ProxyUnavailableError
from ci_tokengate.lifecycle.report import Reporter, stage_of
from tests.fakes import NOW, FakeProxy, a_policy, a_use_case

PULL = PullRequest(number=7, base_sha="b", head_ref="topic", from_fork=False)


@dataclass
class Budgets(FakeProxy):
    """By team id; a team without one cannot be read."""

    budgets: dict[str, TeamBudget] = field(
        default_factory=lambda: {"t": TeamBudget(spend=Decimal(400))}
    )
    asked: list[str] = field(default_factory=list)

    def team_budget(self, team_id: str) -> TeamBudget:
        self.asked.append(team_id)
        if team_id not in self.budgets:
            raise ProxyUnavailableError("down")
        return self.budgets[team_id]

    def call(self, usd: str, *, key_id: str = "k", use_case: str = "code-review") -> None:
        alias = f"tokengate:acme/shop#7:1.1:review:{use_case}:{key_id}"
        if key_id not in self.alive:
            self.add(key_id, alias, Decimal(2))
        self.spend(key_id, str(self.alive[key_id].spend + Decimal(usd)))
        self.rows.append(
            UsageRow(
                key_id=key_id,
                alias=alias,
                model="claude-sonnet",
                call_type="",
                spend=Decimal(usd),
                team_id="t",
                input_tokens=10,
            )
        )


@pytest.fixture
def proxy() -> Budgets:
    made = Budgets()
    made.call("3.42")
    return made


@pytest.fixture
def policy() -> Policy:
    found = a_policy(a_use_case(pr="10"))
    other = Team(name="search-squad", id="s", plan=Decimal(200))
    return replace(found, teams={**found.teams, "search-squad": other})


def reporter(
    proxy: Budgets,
    policy: Policy,
    *,
    pull: PullRequest = PULL,
    refused: tuple[Refused, ...] = (),
    patience: timedelta = timedelta(0),
) -> Reporter:
    return Reporter(
        proxy=proxy,
        policy=policy,
        repository="acme/shop",
        pull=pull,
        clock=proxy.clock,
        book=lambda _: None,
        refused=refused,
        patience=patience,
    )


def _refused(team: str) -> Refused:
    return Refused(
        run_id="1", attempt=1, job="fix", use_case="code-review", team=team, cause="hard stop"
    )


def test_it_has_the_cost_the_team_and_what_is_left_of_the_cap(
    proxy: Budgets, policy: Policy
) -> None:
    found = reporter(proxy, policy).report()
    assert (found.cost.total, found.cost.state) == (Decimal("3.42"), CostState.PROVISIONAL)
    assert [(team.team, team.tier) for team in found.teams] == [("t", Tier.GREEN)]
    assert [(c.use_case, c.cap, c.left) for c in found.caps] == [
        ("code-review", Decimal(10), Decimal("6.58"))
    ]
    assert not found.observing


def test_the_cost_is_read_each_time_and_a_teams_standing_once(
    proxy: Budgets, policy: Policy
) -> None:
    asked = reporter(proxy, policy)
    asked.report()
    proxy.call("1")
    assert asked.report().cost.total == Decimal("4.42")
    assert proxy.asked == ["t"]


def test_what_is_left_of_a_cap_is_never_below_zero(proxy: Budgets, policy: Policy) -> None:
    proxy.call("8")
    assert [c.left for c in reporter(proxy, policy).report().caps] == [Decimal(0)]


def test_a_team_that_was_refused_has_its_standing_too(proxy: Budgets, policy: Policy) -> None:
    proxy.budgets["s"] = TeamBudget(spend=Decimal("312.40"))
    found = reporter(proxy, policy, refused=(_refused("search-squad"),)).report()
    assert [(team.team, team.tier) for team in found.teams] == [
        ("search-squad", Tier.HARD_STOP),
        ("t", Tier.GREEN),
    ]


def test_a_standing_that_cannot_be_read_is_left_out_and_the_cost_is_told(
    proxy: Budgets, policy: Policy
) -> None:
    found = reporter(proxy, policy, refused=(_refused("search-squad"),)).report()
    assert [team.team for team in found.teams] == ["t"]
    assert found.cost.total == Decimal("3.42")


def test_observe_mode_has_no_caps_and_says_so(proxy: Budgets, policy: Policy) -> None:
    found = reporter(proxy, replace(policy, mode=Mode.OBSERVE)).report()
    assert (found.caps, found.observing) == ((), True)


def test_the_median_is_asked_for_once_with_the_teams_that_pay_when_no_job_runs_any_more(
    proxy: Budgets, policy: Policy
) -> None:
    asked = reporter(proxy, policy)
    given: list[frozenset[str]] = []
    median = Median(amount=Decimal(2), count=5)

    def compare(teams: frozenset[str]) -> Median:
        given.append(teams)
        return median

    asked.median = compare
    assert asked.report().median is None, "each of forty running jobs would ask for it"
    proxy.revoked["k"] = replace(proxy.alive.pop("k"), revoked_at=NOW)
    assert [asked.report().median, asked.report().median] == [median, median]
    assert given == [frozenset({"t"})]


def test_only_the_first_reading_waits_for_the_figure_to_settle(
    proxy: Budgets, policy: Policy
) -> None:
    proxy.revoked["k"] = replace(proxy.alive.pop("k"), revoked_at=NOW - timedelta(seconds=1))
    asked = reporter(proxy, policy, patience=timedelta(minutes=1))
    assert asked.report().cost.state is CostState.SETTLED
    waited = proxy.clock.time - NOW
    assert timedelta(0) < waited <= SETTLES_AFTER
    asked.report()
    assert proxy.clock.time - NOW == waited


@pytest.mark.parametrize(
    ("pull", "stage"),
    [
        (PULL, Stage.OPEN),
        (replace(PULL, closed_at=NOW), Stage.CLOSED),
        (replace(PULL, closed_at=NOW, merged_at=NOW), Stage.MERGED),
    ],
)
def test_the_stage_is_the_pull_requests(pull: PullRequest, stage: Stage) -> None:
    assert stage_of(pull) is stage


def test_a_fork_is_told_as_one(proxy: Budgets, policy: Policy) -> None:
    assert reporter(proxy, policy, pull=replace(PULL, from_fork=True)).report().from_fork


def test_a_cost_that_cannot_be_read_is_an_error_and_not_a_zero(policy: Policy) -> None:
    class Down(Budgets):
        def keys(
            self, *, prefix: str, part: str = "", since: datetime | None = None
        ) -> list[KeyRecord]:
            raise ProxyUnavailableError("down")

    with pytest.raises(ProxyUnavailableError):
        reporter(Down(), policy).report()
