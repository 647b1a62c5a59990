"""An exemption's whole life: asked for, agreed to, in force at the proxy, over, and told afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from ci_tokengate.sandbox.github.faults import server_error
from ci_tokengate.sandbox.github.refs import commit, file_at
from tests.stage.claims import complaint_of, no_secret_is_said
from tests.stage.entries import Done
from tests.stage.relay import Relay, Way
from tests.stage.trust import TRUST
from tests.stage.world import POLICY, TOKEN, World

TODAY = datetime.now(timezone.utc).date()
DAY = timedelta(days=1)
RULES = "exemptions: {approvers: [boss]}\n"
MAIN, HEAD = "a" * 40, "b" * 40


@dataclass
class Office:
    """A checkout of the policy's repository, the repository itself, and the proxy."""

    world: World
    root: Path

    @property
    def about(self) -> dict[str, str]:
        return {
            "TOKENGATE_POLICY": ".github/tokengate.yml",
            "GITHUB_REPOSITORY": "acme/policy",
            "GITHUB_API_URL": self.world.api,
            "GITHUB_TOKEN": TOKEN,
        }

    def run(self, *args: str, **env: str) -> Done:
        return self.world.cli("exempt", *args, **(self.about | env))

    def sync(self, *args: str) -> Done:
        return self.run("sync", *args, TOKENGATE_ADMIN_KEY=self.world.sandbox.admin_key)

    def ask(self, **changes: str) -> Done:
        options = {
            "team": "search-squad",
            "extra": "50",
            "until": f"{TODAY + DAY}",
            "reason": "the release",
            "requested-by": "octocat",
        } | {name.replace("_", "-"): value for name, value in changes.items()}
        return self.run("request", *(f"--{name}={value}" for name, value in options.items()))

    def merge(self, *approvers: str, reviewed: str = HEAD) -> str:
        """What a person does with the one open request: reviews, a merge, and a pull of main."""
        state = self.world.github
        [number] = [n for n, pull in state.pulls.items() if pull.get("merged_at") is None]
        branch = state.pulls[number]["head"]["ref"]
        paths = {p for _, p in state.files if "/exemptions/" in p and not file_at(state, "main", p)}
        [path] = [p for p in paths if file_at(state, branch, p)]
        text = file_at(state, branch, path)
        assert text is not None
        merged = f"{number:040d}"
        commit(state, "main", merged, path, text)
        state.close_pull(number, merged=True)
        state.pulls[number] |= {"merge_commit_sha": merged, "user": {"login": "octocat"}}
        state.pulls[number]["head"]["sha"] = HEAD
        state.reviews[number] = [
            {"user": {"login": who}, "state": "APPROVED", "commit_id": reviewed}
            for who in approvers
        ]
        file = self.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return path

    def end(self, path: str) -> None:
        """Its window lies in the past now."""
        file = self.root / path
        moved = file.read_text("utf-8").replace(f"{TODAY + DAY}", f"{TODAY - DAY}")
        moved = moved.replace(f"from: {TODAY}", f"from: {TODAY - 2 * DAY}")
        file.write_text(moved, encoding="utf-8")

    def team(self, name: str = "search-squad") -> Any:
        return self.world.sandbox.state.teams[name]


@pytest.fixture
def office(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    root = tmp_path / "checkout"
    (root / ".github").mkdir(parents=True)
    monkeypatch.chdir(root)
    text = f"{POLICY}proxy: {{url: '{world.url}'}}\n{RULES}".replace(
        "  ghosts: {id: no-such-team}\n", ""
    )
    (root / ".github" / "tokengate.yml").write_text(text, encoding="utf-8")
    world.github.refs["refs/heads/main"] = MAIN
    world.github.protected.add("main")
    world.github.files[(MAIN, ".github/tokengate.yml")] = text
    return Office(world, root)


def test_asked_for_agreed_to_raised_and_taken_back(office: Office) -> None:
    asked = office.ask()
    assert asked.code == 0, asked.said
    [pull] = office.world.github.pulls.values()
    assert pull["title"] == "Exemption for search-squad: $50.00 more"
    assert "@" not in pull["body"]
    path = office.merge("boss")
    raised = office.sync()
    assert raised.code == 0, raised.said
    assert "agreed by boss, pull request 1" in raised.out
    assert office.team().max_budget == Decimal(350)
    assert office.team().metadata["tokengate"] == {
        "plan_usd": 200,
        "raised_usd": 50,
        "raised_by": {"acme/policy": {"usd": 50, "until": f"{TODAY + 2 * DAY}T00:00:00Z"}},
    }
    assert office.sync().out.endswith("✔ All teams are as they should be.\n")
    office.end(path)
    back = office.sync()
    assert (back.code, office.team().max_budget) == (0, Decimal(300))
    assert office.team().metadata["tokengate"] == {"plan_usd": 200}


def test_asked_twice_there_is_one_pull_request(office: Office) -> None:
    assert office.ask().out == office.ask().out
    assert len(office.world.github.pulls) == 1


def test_asked_for_otherwise_under_the_same_name_is_told_and_changes_nothing(
    office: Office,
) -> None:
    office.ask()
    before = dict(office.world.github.files)
    done = office.ask(extra="60")
    assert done.code == 2
    assert "asks for something else under that name" in done.err
    assert office.world.github.files == before
    assert office.ask(extra="60", reason="another").code == 0


@pytest.mark.parametrize(
    ("approvers", "reviewed", "words"),
    [
        ((), HEAD, "Nobody has approved"),
        (("stranger",), HEAD, "none of the policy's approvers"),
        (("octocat",), HEAD, "Only whoever asks"),
        (("boss",), "c" * 40, "was changed after it had been approved"),
    ],
)
def test_without_the_approval_that_the_policy_asks_for_nothing_is_raised(
    office: Office, approvers: tuple[str, ...], reviewed: str, words: str
) -> None:
    office.ask()
    office.merge(*approvers, reviewed=reviewed)
    done = office.sync()
    assert done.code == 1
    assert words in done.out
    assert office.team().max_budget == Decimal(300)


def test_a_file_that_was_pushed_past_review_is_nobodys(office: Office) -> None:
    office.ask()
    path = office.merge("boss")
    text = file_at(office.world.github, "main", path)
    assert text is not None
    commit(office.world.github, "main", "d" * 40, path, text.replace("50", "5000"))
    done = office.sync()
    assert (done.code, office.team().max_budget) == (1, Decimal(300))
    assert "nobody has reviewed it" in done.out


def test_with_github_down_what_is_raised_stays_and_nothing_is_raised(office: Office) -> None:
    office.ask()
    office.merge("boss")
    office.sync()
    office.world.github.faults.plan("*", "", server_error(502), times=99)
    done = office.sync()
    assert (done.code, office.team().max_budget) == (3, Decimal(350))
    assert "What is raised stays as it is" in done.out


@pytest.mark.parametrize(("parents", "code"), [(1, 1), (2, 0)])
def test_who_wrote_a_commit_of_it_is_no_approver_but_to_bring_it_up_to_date_is_no_writing(
    office: Office, parents: int, code: int
) -> None:
    office.ask()
    office.merge("boss")
    office.world.github.commits[1] = [
        {"sha": "c" * 40, "by": "octocat", "parents": 1},
        {"sha": HEAD, "by": "boss", "parents": parents},
    ]
    done = office.sync()
    assert done.code == code, done.said
    assert office.team().max_budget == (300 if code else 350)


def test_a_branch_that_is_not_protected_is_said(office: Office) -> None:
    office.ask()
    office.merge("boss")
    office.world.github.protected.clear()
    assert "! The default branch is not protected" in office.sync().err


def test_a_dry_run_changes_nothing_and_needs_no_admin_key(office: Office) -> None:
    office.ask()
    office.merge("boss")
    before = office.team().max_budget
    done = office.run("sync", "--dry-run", TOKENGATE_READING_KEY=office.world.sandbox.admin_key)
    assert (done.code, office.team().max_budget) == (0, before)
    assert "max_budget                     200 → 350" in done.out
    assert "`ci-tokengate exempt sync` does it." in done.out


def test_the_log_says_who_asked_who_agreed_why_and_what_was_run(office: Office) -> None:
    office.ask()
    office.merge("boss")
    office.sync()
    office.world.spend("search-squad", "312.40")
    job = office.world.job(INPUT_TEAM="search-squad")
    sha = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
    [file] = (office.root / ".github" / "exemptions").iterdir()
    office.world.github.files[(sha, f".github/exemptions/{file.name}")] = file.read_text("utf-8")
    step = job.main()
    assert "by an exemption of $50.00" in step.out
    httpx.post(
        f"{office.world.url}/v1/messages",
        headers={"authorization": f"Bearer {step.exported['ANTHROPIC_AUTH_TOKEN']}"},
        json={
            "model": "claude-sonnet",
            "max_tokens": 9,
            "messages": [{"role": "user", "content": "hi in=1000 out=100"}],
        },
        verify=TRUST,
    ).raise_for_status()
    office.world.sandbox.flush()
    told = office.run(
        "log", "--format", "json", TOKENGATE_READING_KEY=office.world.sandbox.admin_key
    )
    assert told.code == 0, told.said
    [one] = json.loads(told.out)
    assert (one["requested_by"], one["approved_by"], one["reason"]) == (
        "octocat",
        "boss",
        "the release",
    )
    assert Decimal(one["jobs"][0].pop("cost_usd")).quantize(Decimal("1e-10")) == Decimal("0.0045")
    assert one["jobs"] == [
        {
            "repository": "acme/shop",
            "pull_request": 42,
            "ref": None,
            "run_id": "9001",
            "job": "review",
            "use_case": "code-review",
            "requests": 1,
        }
    ]
    text = office.run("log", TOKENGATE_READING_KEY=office.world.sandbox.admin_key).out
    assert "agreed by boss" in text
    assert "acme/shop#42 · run 9001 · review · code-review · 1 request · $0.0045" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"extra": "500$"}, "not an amount in USD"),
        ({"team": "serch-squad"}, "Did you mean search-squad?"),
        ({"until": f"{TODAY - DAY}"}, "before it begins"),
        ({"until": "2027-02-29"}, "not a day of the calendar"),
        ({"until": f"{TODAY + 40 * DAY}"}, "longer than 14 days"),
        ({"requested_by": ""}, "Who asks?"),
        ({"requested_by": "Boss"}, "Nobody but Boss may agree to it"),
        ({"from": "2020-02-27", "until": "2020-02-29"}, "The window is over"),
        ({"from": "2021-02-29"}, "not a day of the calendar"),
        ({"extra": "0"}, "greater than 0"),
        ({"extra": "-5"}, "not an amount in USD"),
        ({"use_case": "code-revue"}, "Did you mean code-review?"),
        ({"until": "tomorrow"}, "not a day or a time"),
    ],
    ids=str,
)
def test_a_request_that_could_never_count_is_refused_before_anybody_is_asked(
    office: Office, changes: dict[str, str], words: str
) -> None:
    done = office.ask(**changes)
    assert done.code == 2
    assert words in complaint_of(done)
    assert office.world.github.pulls == {}


@pytest.mark.parametrize(
    ("login", "head", "environment", "words"),
    [
        ("boss", HEAD, "exemptions", "agreed by boss, pull request 1"),
        ("octocat", HEAD, "exemptions", "Only whoever asks"),
        ("stranger", HEAD, "exemptions", "none of the policy's approvers"),
        ("boss", "c" * 40, "exemptions", "Nobody has approved"),  # a job of an earlier head
        ("boss", HEAD, "production", "Nobody has approved"),
    ],
)
def test_to_let_its_job_into_the_policys_environment_is_to_agree(
    office: Office, login: str, head: str, environment: str, words: str
) -> None:
    policy = office.root / ".github" / "tokengate.yml"
    rules = "exemptions: {approvers: [boss], environment: exemptions}"
    policy.write_text(policy.read_text("utf-8").replace(RULES.strip(), rules))
    office.ask()
    office.merge()
    github = office.world.github
    github.runs["70"] = {"event": "pull_request", "head_sha": head}
    github.approvals["70"] = [{"environment": environment, "user": {"login": login}}]
    done = office.sync()
    agreed = "agreed by" in words
    assert (done.code, office.team().max_budget) == (0 if agreed else 1, 350 if agreed else 300)
    assert words in done.out


def test_a_broken_file_is_told_and_what_is_over_is_taken_back_all_the_same(office: Office) -> None:
    office.ask()
    path = office.merge("boss")
    office.sync()
    assert office.team().max_budget == Decimal(350)
    office.end(path)
    broken = office.root / ".github" / "exemptions" / "broken.yml"
    broken.write_text("team: nobody\nextra: 500$\n", encoding="utf-8")
    done = office.sync()
    assert (done.code, office.team().max_budget) == (2, Decimal(300))
    assert "No exemption: .github/exemptions/broken.yml" in done.err
    logged = office.run("log")
    assert logged.code == 0
    assert "the release" in logged.out
    assert "broken.yml" in logged.err


def test_a_token_that_has_run_out_keeps_nothing_raised_past_its_window(office: Office) -> None:
    """One window is over and another in force: the first goes, the second stays until it can be asked."""
    office.ask()
    over = office.merge("boss")
    office.ask(extra="20", reason="another")
    office.merge("boss")
    office.sync()
    assert office.team().max_budget == Decimal(370)
    office.end(over)
    office.world.github.faults.plan("*", "", server_error(401), times=99)
    done = office.sync()
    assert (done.code, office.team().max_budget) == (2, Decimal(320))
    assert "What is raised stays as it is" in done.out


def test_without_a_token_what_is_over_is_taken_back_and_what_is_in_force_stays(
    office: Office,
) -> None:
    office.ask()
    path = office.merge("boss")
    office.sync()
    key = office.world.sandbox.admin_key
    stays = office.run("sync", GITHUB_TOKEN="", TOKENGATE_ADMIN_KEY=key)
    assert (stays.code, office.team().max_budget) == (2, Decimal(350))
    assert "There is no GitHub token" in stays.out
    office.end(path)
    over = office.run("sync", GITHUB_TOKEN="", TOKENGATE_ADMIN_KEY=key)
    assert (over.code, office.team().max_budget) == (0, Decimal(300))


def test_a_pull_request_that_was_merged_into_another_branch_is_no_agreement(
    office: Office,
) -> None:
    office.ask()
    office.merge("boss")
    office.world.github.pulls[1]["base"]["ref"] = "dev"
    done = office.sync()
    assert (done.code, office.team().max_budget) == (1, Decimal(300))
    assert "nobody has reviewed it" in done.out


@pytest.mark.parametrize(
    ("way", "code"), [(Way.REFUSE, 3), (Way.BAD_GATEWAY, 0), (Way.LOSE, 0)], ids=str
)
def test_a_proxy_that_fails_in_the_middle_costs_one_team_at_most_and_the_next_run_mends_it(
    relay: Relay, office: Office, way: Way, code: int
) -> None:
    """An error of its own is told; what took effect without an answer is asked again."""
    office.ask()
    office.merge("boss")
    office.team("payments-squad").max_budget = Decimal(900)
    relay.add("/team/update", way, status=500)
    done = office.sync()
    assert done.code == code, done.said
    assert office.team().max_budget == Decimal(350)
    assert ("✖ payments-squad: " in done.out) is (way is Way.REFUSE)
    again = office.sync()
    assert again.code == 0
    assert office.team("payments-squad").max_budget == Decimal(1200)
    assert office.team().max_budget == Decimal(350)


def test_a_team_that_is_deleted_between_the_reading_and_the_writing_is_told(
    relay: Relay, office: Office
) -> None:
    office.ask()
    office.merge("boss")
    office.team("payments-squad").max_budget = Decimal(900)

    def delete(body: Any) -> Any:
        office.world.sandbox.state.teams.pop("payments-squad", None)
        return body

    relay.add("/v2/team/list", Way.SPOIL, spoil=delete)
    done = office.sync()
    assert done.code == 2, done.said
    assert "✖ payments-squad: " in done.out
    assert office.team().max_budget == Decimal(350)


def test_what_another_repository_adds_between_the_reading_and_the_writing_is_not_lost(
    relay: Relay, office: Office
) -> None:
    office.ask()
    office.merge("boss")
    share = {"usd": 20, "until": f"{TODAY + 2 * DAY}T00:00:00Z"}

    def add(body: Any) -> Any:
        office.team().max_budget = Decimal(320)
        office.team().metadata["tokengate"] = {
            "plan_usd": 200,
            "raised_usd": 20,
            "raised_by": {"acme/other": share},
        }
        return body

    relay.add("/v2/team/list", Way.SPOIL, spoil=add)
    done = office.sync()
    assert done.code == 3
    assert "✖ search-squad: Somebody else raised or took back team search-squad" in done.out
    assert office.team().max_budget == Decimal(320)
    assert office.sync().code == 0
    assert office.team().max_budget == Decimal(370)
    assert set(office.team().metadata["tokengate"]["raised_by"]) == {"acme/policy", "acme/other"}


def test_an_exemption_of_a_team_that_has_no_plan_in_the_policy_is_told(office: Office) -> None:
    """What its hard stop is, is the proxy's to say: there is nothing to add to."""
    office.ask(team="platform")
    office.merge("boss")
    before = office.team("platform").max_budget
    done = office.sync()
    assert done.code == 2
    assert "platform: the policy gives it no plan, so nothing is raised" in done.err
    assert office.team("platform").max_budget == before


@pytest.mark.parametrize("name", ["extra", "from", "until"])
def test_what_is_asked_for_is_one_value_and_no_other_line_of_the_file(
    office: Office, name: str
) -> None:
    done = office.ask(**{name: f"{50 if name == 'extra' else TODAY}\nticket: another"})
    assert done.code == 2
    assert f"{name}: not a" in done.err
    assert office.world.github.pulls == {}


def test_an_exemption_of_a_team_that_the_proxy_does_not_know_is_told(office: Office) -> None:
    office.ask()
    office.merge("boss")
    with office.world.sandbox.state.lock:
        del office.world.sandbox.state.teams["search-squad"]
    done = office.sync()
    assert done.code == 2
    assert "search-squad: the proxy knows no such team, so nothing is raised" in done.err


def test_the_policy_of_another_repository_leaves_alone_what_was_raised_for_this_one(
    office: Office,
) -> None:
    """Both policies have teams at one proxy; neither names the other's."""
    office.ask()
    office.merge("boss")
    office.sync()
    policy = office.root / ".github" / "tokengate.yml"
    policy.write_text(policy.read_text("utf-8").replace("  search-squad: {plan: 200}\n", ""))
    for file in (office.root / ".github" / "exemptions").iterdir():
        file.unlink()
    key = office.world.sandbox.admin_key
    other = office.run("sync", GITHUB_REPOSITORY="acme/other", TOKENGATE_ADMIN_KEY=key)
    assert (other.code, office.team().max_budget) == (0, Decimal(350))
    applied = office.world.cli("budget", "apply", **office.about, TOKENGATE_ADMIN_KEY=key)
    assert (applied.code, office.team().max_budget) == (0, Decimal(350))
    assert office.sync().code == 0
    assert office.team().max_budget == Decimal(300)


def test_the_log_of_a_team_that_there_is_not_is_a_mistake_and_no_empty_list(
    office: Office,
) -> None:
    done = office.run("log", "--team", "serch-squad")
    assert done.code == 2
    assert "Did you mean search-squad?" in done.err


def test_no_secret_is_said(office: Office) -> None:
    office.ask()
    office.merge("boss")
    for done in (office.sync(), office.run("log"), office.run("sync")):
        no_secret_is_said(office.world, done)
