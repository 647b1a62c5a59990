"""Exemptions at a real LiteLLM with the hardened configuration, across their windows, the clock moved by hand.

What a team may spend is read back by the proxy's own API at each point, and so is what others wrote.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from ci_tokengate.adapters.github_reviews import GitHubReviews
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.adapters.policy.load_exemptions import load_exemption
from ci_tokengate.adapters.proxies.litellm.budgets import LiteLLMBudgets
from ci_tokengate.commands import budget, exempt
from ci_tokengate.core.governance.exemption import Exemption
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.sandbox.github import GitHubState, pull_request, running_github
from ci_tokengate.sandbox.github.refs import commit
from tests.live.environment import address
from tests.stage.clocks import At
from tests.stage.entries import run_cli

pytestmark = pytest.mark.live
HOUR = timedelta(hours=1)
NOON = datetime.now(timezone.utc).replace(hour=12, minute=0, second=0, microsecond=0)
THEIRS = {"cost_center": "cc-7", "nested": {"a": [1, {"b": None}]}, "tags": ["x"]}
HEAD = "b" * 40


@dataclass
class Desk:
    """Whoever runs the sync: two teams of this test's own at the proxy, and a policy's repository."""

    url: str
    admin_key: str
    api: str
    github: GitHubState
    http: httpx.Client
    run: str
    policy: Policy
    granted: list[Exemption]
    suffix: str = ""

    @property
    def repository(self) -> str:
        """Of this test alone: what others raise at the proxy is not ours to take back."""
        return f"acme/policy-{self.run}{self.suffix}"

    def team(self, name: str) -> str:
        return f"exempt-{self.run}-{name}"

    def info(self, name: str = "spiky") -> dict[str, Any]:
        params = {"team_id": self.team(name), "key_limit": "1"}
        text = self.http.get("/team/info", params=params).raise_for_status().text
        return dict(json.loads(text, parse_float=Decimal)["team_info"])

    def may_spend(self, name: str = "spiky") -> Decimal:
        """By the proxy's API; what others wrote on the team must be there each time."""
        info = self.info(name)
        theirs = {k: v for k, v in info["metadata"].items() if k in THEIRS}
        assert theirs == THEIRS
        return Decimal(info["max_budget"])

    def grant(self, name: str, starts: int, ends: int, extra: int) -> None:
        """A window in hours from noon; asked for by octocat, approved by boss, and merged."""
        path, number = f".github/exemptions/{name}.yml", len(self.github.pulls) + 1
        text = (
            f"team: spiky\nextra: {extra}\nfrom: {(NOON + starts * HOUR).isoformat()}\n"
            f"until: {(NOON + ends * HOUR).isoformat()}\nreason: release\nrequested-by: octocat\n"
        )
        merged = f"{number:040x}"
        commit(self.github, "main", merged, path, text)
        pull = pull_request(number, merged=NOON) | {"merge_commit_sha": merged}
        pull["user"] = {"login": "octocat"}
        pull["head"]["sha"] = HEAD
        self.github.pulls[number] = pull
        self.github.reviews[number] = [
            {"user": {"login": "boss"}, "state": "APPROVED", "commit_id": HEAD}
        ]
        self.granted.append(load_exemption(text, path, name, self.policy))

    def sync(self, hours: float) -> list[str]:
        """One run of the schedule, so many hours after noon; the troubles that it had."""
        deadline, now = Deadline(60), NOON + hours * HOUR
        budgets = LiteLLMBudgets(self.url, self.admin_key, who="admin key", deadline=deadline)
        reviews = GitHubReviews(
            self.api, "ghs_x", self.repository, deadline=deadline, clock=At(now)
        )
        judged = exempt.judge(self.granted, self.policy, reviews, now=now)
        plan = exempt.sync(budgets, self.policy, judged, owner=self.repository, now=now)
        # By a clock that is ahead, windows of other tests at this proxy would seem over.
        ours = tuple(c for c in plan.changes if c.team in self.policy.teams)
        done = exempt.apply(budgets, replace(plan, changes=ours))
        return [one.trouble.message for one in done if one.trouble]

    def replan(self, name: str, plan: int) -> None:
        teams = {**self.policy.teams, name: Team(name=name, id=self.team(name), plan=Decimal(plan))}
        self.policy = replace(self.policy, teams=teams)


@pytest.fixture
def desk() -> Iterator[Desk]:
    url = os.environ.get("TOKENGATE_LITELLM_HARDENED_URL", "")
    if not url:
        pytest.skip("Windows are proven on a proxy with ceilings: TOKENGATE_LITELLM_HARDENED_URL")
    _, admin_key = address()
    with _desk(url.rstrip("/"), admin_key) as made:
        yield made


@contextmanager
def _desk(url: str, admin_key: str) -> Iterator[Desk]:
    run, github = uuid.uuid4().hex[:8], GitHubState()
    github.refs["refs/heads/main"] = "a" * 40
    github.protected.add("main")
    headers = {"authorization": f"Bearer {admin_key}"}
    policy = load_policy(
        f"version: 1\nproxy: {{url: '{url}'}}\nexemptions: {{approvers: [boss]}}\nteams:\n"
        f"  spiky: {{id: exempt-{run}-spiky, plan: 100}}\n"
        f"  calm: {{id: exempt-{run}-calm, plan: 40}}\n"
        "use-cases: {review: {models: [claude-sonnet], cap-per-run: 1}}\n",
        "p.yml",
    )
    with (
        running_github(github) as api,
        httpx.Client(base_url=url, headers=headers, timeout=30) as http,
    ):
        made = Desk(url, admin_key, api, github, http, run, policy, [])
        for name in policy.teams:
            body = {"team_id": made.team(name), "team_alias": made.team(name), "metadata": THEIRS}
            http.post("/team/new", json=body).raise_for_status()
        yield made
        http.post("/team/delete", json={"team_ids": [made.team(n) for n in policy.teams]})


def test_before_inside_and_after_its_window_two_that_overlap_a_new_plan_and_missed_runs(
    desk: Desk,
) -> None:
    desk.grant("one", 1, 5, 50)
    desk.grant("two", 3, 8, 25)
    seen: list[object] = []
    for hours, plan in ((0, 100), (1, 100), (3, 100), (4, 200), (6, 200), (30, 200), (31, 100)):
        desk.replan("spiky", plan)
        assert desk.sync(hours) == []
        mark = dict(desk.info()["metadata"]["tokengate"])
        assert {*mark.pop("raised_by", [desk.repository])} == {desk.repository}
        seen.append((hours, desk.may_spend(), mark))
        assert desk.may_spend("calm") == 60
    assert seen == [
        (0, 150, {"plan_usd": 100}),
        (1, 200, {"plan_usd": 100, "raised_usd": 50}),
        (3, 225, {"plan_usd": 100, "raised_usd": 75}),
        (4, 375, {"plan_usd": 200, "raised_usd": 75}),
        (6, 325, {"plan_usd": 200, "raised_usd": 25}),
        (30, 300, {"plan_usd": 200}),  # nobody ran when the second ended
        (31, 150, {"plan_usd": 100}),
    ]


def test_a_budget_that_is_applied_meanwhile_leaves_what_was_raised_until_its_end(
    desk: Desk,
) -> None:
    desk.grant("one", 1, 5, 50)
    desk.sync(2)
    budgets = LiteLLMBudgets(desk.url, desk.admin_key, who="admin key", deadline=Deadline(60))
    for hours, expected in ((3, 200), (5, 150)):
        now = NOON + hours * HOUR
        found = budget.plan(budgets, desk.policy, now=now, teams=["spiky"])
        assert not [one.trouble for one in budget.apply(budgets, found) if one.trouble]
        assert desk.may_spend() == expected


def test_two_repositories_whose_policies_name_one_team_leave_each_other_their_share(
    desk: Desk,
) -> None:
    other = replace(desk, granted=[], suffix="-other")
    desk.grant("ours", 1, 5, 50)
    other.grant("theirs", 2, 4, 20)
    seen = []
    for hours in (1, 2, 4):
        assert desk.sync(hours) == other.sync(hours) == []
        seen.append(desk.may_spend())
    assert seen == [200, 220, 200]
    assert other.sync(6) == []  # the first is gone, and its window over
    assert desk.may_spend() == 150


def test_two_runs_at_once_end_where_one_would_and_lose_nothing_that_others_wrote(
    desk: Desk,
) -> None:
    desk.grant("one", 1, 5, 50)
    for hours, expected in ((2, 200), (6, 150)):
        with ThreadPoolExecutor(4) as pool:
            assert [t for said in pool.map(desk.sync, [hours] * 4) for t in said] == []
        assert desk.may_spend() == expected


def test_what_somebody_writes_between_two_runs_survives_the_next(desk: Desk) -> None:
    desk.grant("one", 1, 5, 50)
    desk.sync(2)
    metadata = {**desk.info()["metadata"], "added": "meanwhile"}
    desk.http.post(
        "/team/update", content=json.dumps({"team_id": desk.team("spiky"), "metadata": metadata})
    ).raise_for_status()
    desk.sync(6)
    assert desk.may_spend() == 150
    assert desk.info()["metadata"]["added"] == "meanwhile"


def test_a_max_budget_that_somebody_set_by_hand_in_the_window_is_what_the_policy_says_again(
    desk: Desk,
) -> None:
    desk.grant("one", 1, 5, 50)
    desk.sync(2)
    desk.http.post(
        "/team/update", json={"team_id": desk.team("spiky"), "max_budget": 5000}
    ).raise_for_status()
    desk.sync(3)
    assert desk.may_spend() == 200


def test_a_team_that_was_deleted_meanwhile_keeps_no_other_from_being_taken_back(
    desk: Desk,
) -> None:
    desk.grant("one", 1, 5, 50)
    desk.sync(2)
    desk.http.post("/team/delete", json={"team_ids": [desk.team("calm")]}).raise_for_status()
    assert desk.sync(6) == []
    assert desk.may_spend() == 150


def test_a_plan_of_nothing_and_back_again_are_taken_by_the_proxy(desk: Desk) -> None:
    """It takes no soft_budget that is not below max_budget, and so none beside a max_budget of 0."""
    for plan, expected, soft in ((100, 150, 80), (0, 0, None), (50, 75, 40)):
        desk.replan("spiky", plan)
        assert desk.sync(0) == []
        assert desk.may_spend() == expected
        assert desk.info()["soft_budget"] == soft


def test_the_command_itself_raises_and_takes_back_by_the_machines_clock(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window is moved in place of the clock, which is nobody's to move."""
    now = datetime.now(timezone.utc)
    hours = round((now - NOON) / HOUR)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".github" / "exemptions"
    folder.mkdir(parents=True)
    teams = "".join(
        f"  {n}: {{id: {t.id}, plan: {t.plan}}}\n" for n, t in desk.policy.teams.items()
    )
    (tmp_path / ".github" / "tokengate.yml").write_text(
        f"version: 1\nproxy: {{url: '{desk.url}'}}\nexemptions: {{approvers: [boss]}}\n"
        f"teams:\n{teams}use-cases: {{review: {{models: [claude-sonnet], cap-per-run: 1}}}}\n"
    )
    env = {
        "PATH": os.environ["PATH"],
        "GITHUB_API_URL": desk.api,
        "GITHUB_TOKEN": "ghs_x",
        "GITHUB_REPOSITORY": desk.repository,
        "TOKENGATE_ADMIN_KEY": desk.admin_key,
    }
    for name, starts, ends, expected in (
        ("later", hours + 2, hours + 4, 150),
        ("now", hours - 2, hours + 3, 200),
        ("now", hours - 5, hours - 2, 150),
    ):
        desk.grant(name, starts, ends, 50)
        path = desk.granted[-1].source
        text = next(t for (_, p), t in reversed(desk.github.files.items()) if p == path)
        (folder / f"{name}.yml").write_text(text)
        done = run_cli(env, "exempt", "sync")
        assert done.code == 0, done.said
        assert desk.may_spend() == expected
        assert desk.admin_key not in done.said
