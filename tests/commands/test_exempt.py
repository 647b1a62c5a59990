"""`exempt sync` as a state machine: whatever happens, and in whatever order, no team stays raised."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ci_tokengate.commands import exempt
from ci_tokengate.core.governance.approval import MergedChange, Review, Stand
from ci_tokengate.core.governance.desired import merged_metadata
from ci_tokengate.core.governance.exemption import Exemption, ExemptionRules
from ci_tokengate.core.governance.shares import raised_at
from ci_tokengate.core.governance.team import TeamChange, TeamRecord
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.errors import UndecidedError
from ci_tokengate.ports.budgets import Progress
from ci_tokengate.ports.reviews import Proposal
from tests.fakes import NOW, a_policy

HOUR = timedelta(hours=1)
TEAMS = ("t", "u")
STOP = Decimal("1.5")
OWNER = "acme/policy"


def down() -> UndecidedError:
    return UndecidedError("It is down.", hint="Wait.")


@dataclass
class FakeBudgets:
    """As LiteLLM: metadata is replaced whole, unknown teams are not there. `broken` refuses writes."""

    records: dict[str, TeamRecord] = field(default_factory=dict)
    broken: bool = False
    writes: int = 0

    def teams(self) -> list[TeamRecord]:
        return [*self.records.values()]

    def daily_spend(self, first: date, last: date, *, progress: Progress) -> dict[str, Any]:
        return {}

    def set_budget(self, change: TeamChange) -> None:
        if self.broken:
            raise down()
        assert change.desired is not None
        before = self.records[change.team_id]
        self.writes += 1
        self.records[change.team_id] = replace(
            before,
            soft_budget=change.desired.soft_budget,
            max_budget=change.desired.max_budget,
            metadata=merged_metadata(before.metadata, change.desired),
            budget_duration=before.budget_duration or change.period,
        )


@dataclass
class FakeReviews:
    """Every file was approved by the boss, but those in `unseen`."""

    unseen: set[str] = field(default_factory=set)
    up: bool = True

    def last_change(self, path: str) -> MergedChange | None:
        if not self.up:
            raise down()
        reviews = (
            [] if path in self.unseen else [Review(login="boss", stand=Stand.APPROVED, commit="h")]
        )
        return MergedChange(
            number=1, url="u", author="octocat", head="h", merged_at=NOW, reviews=reviews
        )

    def protected(self) -> bool:
        return True

    def propose(self, proposal: Proposal) -> str:
        raise NotImplementedError


def _record(team_id: str) -> TeamRecord:
    return TeamRecord(
        id=team_id,
        alias=team_id,
        spend=Decimal(0),
        max_budget=None,
        soft_budget=None,
        budget_duration="30d",
        resets_at=None,
        metadata={"theirs": 1},
    )


def _policy(plans: dict[str, Decimal | None]) -> Policy:
    teams = {n: Team(name=n, id=n, plan=plan) for n, plan in plans.items()}
    rules = ExemptionRules(approvers=("boss",))
    return replace(a_policy(), teams=teams, exemption_rules=rules)


def _exemption(name: str, team: str, begins: datetime, hours: int, extra: int) -> Exemption:
    return Exemption(
        name=name,
        team=team,
        extra=Decimal(extra),
        starts_at=begins,
        ends_at=begins + hours * HOUR,
        reason="r",
        requested_by="octocat",
        source=name,
    )


def _sync(
    budgets: FakeBudgets,
    policy: Policy,
    found: list[Exemption],
    reviews: FakeReviews,
    now: datetime,
    owner: str = OWNER,
) -> None:
    judged = exempt.judge(found, policy, reviews, now=now)
    for _ in exempt.apply(budgets, exempt.sync(budgets, policy, judged, owner=owner, now=now)):
        pass


class Exempted(RuleBasedStateMachine):
    """Windows come and go, plans change, teams leave the policy, servers fail, runs are missed."""

    @initialize()
    def begin(self) -> None:
        self.now = NOW
        self.budgets = FakeBudgets({t: _record(t) for t in TEAMS})
        self.reviews = FakeReviews()
        self.plans: dict[str, Decimal | None] = dict.fromkeys(TEAMS, Decimal(100))
        self.exemptions: list[Exemption] = []

    @rule(hours=st.integers(0, 12))
    def time_passes(self, hours: int) -> None:
        self.now += hours * HOUR

    @rule(
        team=st.sampled_from(TEAMS),
        ahead=st.integers(-3, 6),
        hours=st.integers(1, 30),
        extra=st.integers(1, 500),
        seen=st.booleans(),
    )
    def one_is_merged(self, team: str, ahead: int, hours: int, extra: int, seen: bool) -> None:
        name = f"e{len(self.exemptions)}"
        self.exemptions.append(_exemption(name, team, self.now + ahead * HOUR, hours, extra))
        if not seen:
            self.reviews.unseen.add(name)

    @rule(which=st.integers(0, 30))
    def one_is_withdrawn(self, which: int) -> None:
        if self.exemptions:
            self.exemptions.pop(which % len(self.exemptions))

    @rule(team=st.sampled_from(TEAMS), plan=st.none() | st.integers(0, 1000).map(Decimal))
    def a_plan_changes(self, team: str, plan: Decimal | None) -> None:
        self.plans[team] = plan

    @rule(team=st.sampled_from(TEAMS))
    def a_team_leaves_the_policy(self, team: str) -> None:
        self.plans.pop(team, None)

    @rule(broken=st.booleans(), up=st.booleans())
    def servers_fail_or_recover(self, broken: bool, up: bool) -> None:
        self.budgets.broken, self.reviews.up = broken, up

    @rule()
    def sync(self) -> None:
        _sync(self.budgets, _policy(self.plans), self.exemptions, self.reviews, self.now)
        if not self.budgets.broken and self.reviews.up:
            self.everybody_has_what_is_agreed()

    @rule()
    def an_hour_passes_and_the_schedule_runs(self) -> None:
        self.now += HOUR
        self.sync()

    def everybody_has_what_is_agreed(self) -> None:
        for team, record in self.budgets.records.items():
            plan = self.plans.get(team)
            agreed = sum(
                e.extra
                for e in self.exemptions
                if e.team == team and e.in_force(self.now) and e.name not in self.reviews.unseen
            )
            assert raised_at(record) == (agreed if plan is not None else 0)
            if plan is not None:
                assert record.max_budget == plan * STOP + agreed

    @invariant()
    def what_others_wrote_is_there_and_no_more_is_raised_than_was_ever_merged(self) -> None:
        for record in getattr(self, "budgets", FakeBudgets()).records.values():
            assert record.metadata["theirs"] == 1
            assert raised_at(record) >= 0

    def teardown(self) -> None:
        """After the last window one sync that works is enough, and the next changes nothing."""
        if not hasattr(self, "budgets"):
            return
        self.servers_fail_or_recover(broken=False, up=True)
        self.now += timedelta(days=10)
        self.sync()
        assert all(raised_at(record) == 0 for record in self.budgets.records.values())
        writes = self.budgets.writes
        self.sync()
        assert self.budgets.writes == writes


Exempted.TestCase.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
TestNoTeamStaysRaised = Exempted.TestCase


@pytest.mark.parametrize("up", [True, False])
def test_what_is_raised_stays_while_nobody_can_be_asked_and_nothing_is_raised_unasked(
    up: bool,
) -> None:
    budgets, reviews = FakeBudgets({"t": _record("t")}), FakeReviews(up=up)
    policy, found = _policy({"t": Decimal(100)}), [_exemption("e", "t", NOW, 2, 50)]
    _sync(budgets, policy, found, reviews, NOW)
    assert budgets.records["t"].max_budget == (200 if up else 150)
    reviews.up = False
    _sync(budgets, policy, found, reviews, NOW + HOUR)
    assert budgets.records["t"].max_budget == (200 if up else 150)
    _sync(budgets, policy, found, reviews, NOW + 3 * HOUR)
    assert budgets.records["t"].max_budget == 150


def test_two_that_overlap_are_added_up_and_go_one_by_one() -> None:
    budgets, reviews = FakeBudgets({"t": _record("t")}), FakeReviews()
    policy = _policy({"t": Decimal(100)})
    found = [_exemption("a", "t", NOW, 4, 50), _exemption("b", "t", NOW + 2 * HOUR, 4, 25)]
    seen = []
    for hour in (0, 1, 2, 3, 4, 5, 6):
        _sync(budgets, policy, found, reviews, NOW + hour * HOUR)
        seen.append(budgets.records["t"].max_budget)
    assert seen == [200, 200, 225, 225, 175, 175, 150]


@pytest.mark.parametrize(
    "plans", [{}, {"t": None}], ids=["left the policy", "has no plan any more"]
)
def test_a_team_that_was_raised_is_taken_back_also_when_it(
    plans: dict[str, Decimal | None],
) -> None:
    budgets, reviews = FakeBudgets({"t": _record("t")}), FakeReviews()
    found = [_exemption("e", "t", NOW, 2, 50)]
    _sync(budgets, _policy({"t": Decimal(100)}), found, reviews, NOW)
    _sync(budgets, _policy(plans), found, reviews, NOW + HOUR)
    assert budgets.records["t"].max_budget == 150
    assert raised_at(budgets.records["t"]) == 0


def test_what_was_raised_for_another_policys_repository_is_not_ours_to_take_back() -> None:
    budgets, reviews = FakeBudgets({"t": _record("t")}), FakeReviews()
    _sync(budgets, _policy({"t": Decimal(100)}), [_exemption("e", "t", NOW, 2, 50)], reviews, NOW)
    plan = exempt.sync(budgets, _policy({}), [], owner="acme/other", now=NOW)
    assert plan.changes == ()
    assert [r.id for r in plan.strangers] == ["t"]


def test_two_policies_that_name_one_team_each_answer_for_their_own_share() -> None:
    """Each runs its own sync; the team has the sum, and neither takes back what is the other's."""
    budgets, reviews = FakeBudgets({"t": _record("t")}), FakeReviews()
    policy, seen = _policy({"t": Decimal(100)}), []
    ours, theirs = _exemption("a", "t", NOW, 4, 50), _exemption("b", "t", NOW + HOUR, 2, 20)
    for hour in range(5):
        for owner, one in ((OWNER, ours), ("Acme/Other", theirs)):
            _sync(budgets, policy, [one], reviews, NOW + hour * HOUR, owner)
        seen.append(budgets.records["t"].max_budget)
    assert seen == [200, 220, 220, 200, 150]


@pytest.mark.parametrize("plans", [{"t": Decimal(100)}, {"t": None}, {}])
def test_the_share_of_a_repository_that_is_gone_is_taken_back_by_whoever_comes_by(
    plans: dict[str, Decimal | None],
) -> None:
    budgets, reviews = FakeBudgets({"t": _record("t")}), FakeReviews()
    found = [_exemption("e", "t", NOW, 2, 50)]
    _sync(budgets, _policy({"t": Decimal(100)}), found, reviews, NOW, "acme/renamed-since")
    for hours, expected in ((1, 200), (2, 150)):
        _sync(budgets, _policy(plans), [], reviews, NOW + hours * HOUR)
        assert budgets.records["t"].max_budget == expected


@pytest.mark.parametrize(
    "note",
    [
        {"raised_usd": 50},
        {"raised_usd": "50", "raised_by": ["acme/policy"]},
        {"raised_usd": 50, "raised_by": {"acme/policy": 50}},
        {"raised_usd": 50, "raised_by": {"acme/policy": {"usd": "NaN", "until": 5}}},
        {"raised_usd": 50, "raised_by": {"acme/other": {"usd": 50, "until": "soon"}}},
    ],
)
def test_a_note_that_nobody_can_read_is_set_right_where_the_policy_names_the_team(
    note: dict[str, Any],
) -> None:
    metadata = {"theirs": 1, "tokengate": {"plan_usd": 100, **note}}
    record = replace(_record("t"), max_budget=Decimal(200), metadata=metadata)
    budgets = FakeBudgets({"t": record})
    assert raised_at(record) == 50
    _sync(budgets, _policy({"t": Decimal(100)}), [], FakeReviews(), NOW)
    assert budgets.records["t"].max_budget == 150
    assert budgets.records["t"].metadata == {"theirs": 1, "tokengate": {"plan_usd": 100}}


def test_one_team_that_cannot_be_written_keeps_no_other_from_being_taken_back() -> None:
    @dataclass
    class Breaking(FakeBudgets):
        def set_budget(self, change: TeamChange) -> None:
            if change.team_id == "t" and self.writes >= 2:
                raise down()
            super().set_budget(change)

    budgets, reviews = Breaking({t: _record(t) for t in TEAMS}), FakeReviews()
    policy = _policy(dict.fromkeys(TEAMS, Decimal(100)))
    found = [_exemption("e", t, NOW, 2, 50) for t in TEAMS]
    _sync(budgets, policy, found, reviews, NOW)
    later = exempt.sync(budgets, policy, [], owner=OWNER, now=NOW)
    assert [a.trouble is None for a in exempt.apply(budgets, later)] == [False, True]
    assert [budgets.records[t].max_budget for t in TEAMS] == [200, 150]
    budgets.writes = 0
    again = exempt.sync(budgets, policy, [], owner=OWNER, now=NOW)
    assert [a.change.team for a in exempt.apply(budgets, again) if not a.trouble] == ["t"]


@pytest.mark.parametrize(("now", "after"), [(None, None), (30, 30), (50, 0), (200, 150)])
def test_a_budget_that_was_changed_by_hand_is_never_taken_below_what_it_is(
    now: int | None, after: int | None
) -> None:
    """A max_budget that is gone stays gone: taking back from nothing would stop the team."""
    share = {"usd": 50, "until": "2099-01-01T00:00:00Z"}
    raised = {"tokengate": {"raised_usd": 50, "raised_by": {OWNER: share}, "plan_usd": 100}}
    amount = None if now is None else Decimal(now)
    budgets = FakeBudgets({"t": replace(_record("t"), max_budget=amount, metadata=raised)})
    _sync(budgets, _policy({}), [], FakeReviews(), NOW)
    assert budgets.records["t"].max_budget == after
    assert raised_at(budgets.records["t"]) == 0


def test_an_unread_exemption_raises_nothing_and_says_why() -> None:
    found = [_exemption("e", "t", NOW, 2, 50)]
    [judged] = exempt.judge(found, _policy({"t": Decimal(100)}), FakeReviews(unseen={"e"}), now=NOW)
    assert judged.agreement is not None
    assert not judged.agreement.given
    assert "Nobody has approved" in judged.agreement.why_not
