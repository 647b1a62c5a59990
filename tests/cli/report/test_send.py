"""`report --send`: to Slack, as an issue, as a discussion; and what happens when that fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from ci_tokengate.sandbox.github import GitHubState, faults, github_token
from ci_tokengate.sandbox.github.identity import ACTIONS, Identity
from tests.cli.report.conftest import Report
from tests.cli.report.slack_double import SECRET, Slack, running_slack
from tests.stage.doubles import github_double
from tests.stage.entries import Done
from tests.stage.fixtures import _no_long_pauses

__all__ = ["_no_long_pauses", "github_double"]

TOKEN = "ghs_CanaryOfTheReportsToken001"
Send = Callable[..., Done]


@pytest.fixture
def state(github_double: tuple[GitHubState, str]) -> GitHubState:
    github_double[0].reset()
    github_double[0].repository = "acme/finance"
    return github_double[0]


@pytest.fixture
def send(report: Report, state: GitHubState, github_double: tuple[GitHubState, str]) -> Send:
    def run(place: str, *args: str, **env: str) -> Done:
        about = {
            "GITHUB_API_URL": github_double[1],
            "GITHUB_REPOSITORY": "acme/finance",
            "GITHUB_TOKEN": TOKEN,
        }
        return report("--send", place, *args, **about, **env)

    return run


@pytest.fixture(scope="module")
def running() -> Iterator[Slack]:
    with running_slack() as found:
        yield found


@pytest.fixture
def slack(running: Slack) -> Slack:
    running.answers.clear()
    running.messages.clear()
    return running


def warned(done: Done, said: str) -> None:
    """Open on words: a warning, no failure, no secret."""
    assert done.code == 0, done.err
    assert said in done.err
    for secret in (SECRET, TOKEN):
        assert secret not in done.said


def test_slack_is_told_the_four_numbers_and_where_the_rest_is(send: Send, slack: Slack) -> None:
    done = send("slack", "--link", "https://acme.example/r.html", TOKENGATE_SLACK_WEBHOOK=slack.url)
    assert done.code == 0
    assert "✔ slack: sent" in done.err
    [message] = slack.messages
    told = json.dumps(message, ensure_ascii=False)
    for part in ("$40.95", "$37.65 per merged PR", "https://acme.example/r.html", "Coverage"):
        assert part in told


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((403, "invalid_token", {}), "refused the webhook (HTTP 403: invalid_token)"),
        ((404, "no_service", {}), "make another one"),
        ((410, "channel_is_archived", {}), "its channel was archived"),
        ((400, "invalid_blocks", {}), "refused the report (HTTP 400: invalid_blocks)"),
        ((500, "rollup_error", {}), "did not take the report now (HTTP 500)"),
        ((302, "", {"location": "https://evil.example"}), "(HTTP 302"),
        ((429, "", {"retry-after": "7200"}), "did not take the report now (HTTP 429)"),
    ],
)
def test_what_slack_refuses_is_a_warning(
    send: Send, slack: Slack, answer: tuple[int, str, dict[str, str]], said: str
) -> None:
    slack.answers.append(answer)
    warned(send("slack", TOKENGATE_SLACK_WEBHOOK=slack.url), said)
    assert slack.messages == []


def test_a_limit_of_slack_is_waited_for_once(send: Send, slack: Slack) -> None:
    slack.answers.append((429, "", {"retry-after": "0"}))
    done = send("slack", TOKENGATE_SLACK_WEBHOOK=slack.url)
    assert "✔ slack: sent" in done.err
    assert len(slack.messages) == 1


QUOTED_ABOVE = "\n\nso says the report.\n\nSee you next month.\n"


def test_a_slack_that_cannot_be_reached_is_a_warning_without_its_address(send: Send) -> None:
    url = f"http://127.0.0.1:9/services/{SECRET}"
    warned(send("slack", TOKENGATE_SLACK_WEBHOOK=url), "Slack cannot be reached")


def test_an_issue_is_made_once_and_then_brought_up_to_date(send: Send, state: GitHubState) -> None:
    done = send("github-issue")
    assert "✔ github-issue: created http" in done.err, done.err
    [number] = state.issues
    assert state.issues[number]["title"] == "AI spend of October 2026"
    assert "$37.65" in state.issues[number]["body"]
    assert "unchanged" in send("github-issue").err
    state.issues[number]["body"] += "\nedited by somebody"
    assert "updated" in send("github-issue").err
    assert "edited" not in state.issues[number]["body"]
    assert list(state.issues) == [number]


def test_each_team_has_an_issue_of_its_own(send: Send, state: GitHubState) -> None:
    send("github-issue")
    send("github-issue", "--team", "search-squad")
    assert [i["title"] for i in state.issues.values()] == [
        "AI spend of October 2026",
        "AI spend of October 2026: search-squad",
    ]


def test_the_marker_in_somebody_elses_issue_is_not_ours(send: Send, state: GitHubState) -> None:
    send("github-issue")
    [first] = state.issues
    state.issues[first]["user"] = {"login": "mallory", "type": "User"}
    assert "created" in send("github-issue").err
    assert len(state.issues) == 2


def test_discussions_likewise(send: Send, state: GitHubState) -> None:
    done = send("github-discussion", "--category", "announcements")
    assert "✔ github-discussion: created http" in done.err, done.err
    [number] = state.discussions
    assert state.discussions[number]["category"] == "Announcements"
    assert "unchanged" in send("github-discussion").err
    state.discussions[number]["body"] += "\nedited"
    assert "updated" in send("github-discussion").err
    assert "edited" not in state.discussions[number]["body"]
    mallory = Identity(login="mallory")
    state.discussions[number]["author"] = mallory
    assert "created" in send("github-discussion").err
    assert len(state.discussions) == 2


def test_an_issue_of_another_workflow_that_repeats_ours_is_left_alone(
    send: Send, state: GitHubState
) -> None:
    """All workflows write as one author; a digest that quotes our issue has the marker in its text."""
    send("github-issue")
    [first] = state.issues
    state.issues[first]["body"] += QUOTED_ABOVE
    quoting = state.issues[first]["body"]
    assert "created" in send("github-issue").err
    assert state.issues[first]["body"] == quoting


def test_a_discussion_of_another_workflow_likewise(send: Send, state: GitHubState) -> None:
    send("github-discussion")
    [first] = state.discussions
    state.discussions[first]["body"] += QUOTED_ABOVE
    quoting = state.discussions[first]["body"]
    assert "created" in send("github-discussion").err
    assert state.discussions[first]["body"] == quoting


def test_a_discussion_is_found_on_a_later_page(send: Send, state: GitHubState) -> None:
    send("github-discussion")
    [ours] = list(state.discussions)
    for number in range(ours + 1, ours + 121):
        more = {"title": "t", "body": "b", "category": "General", "author": ACTIONS}
        state.discussions[number] = {**more, "created": "2099-01-01T00:00:00Z"}
    assert "unchanged" in send("github-discussion").err


def test_a_category_that_is_not_there_is_a_warning_with_those_that_are(send: Send) -> None:
    warned(send("github-discussion", "--category", "Finance"), "one of: Announcements, General")


@pytest.mark.parametrize(
    ("place", "lacks"), [("github-issue", "issues"), ("github-discussion", "discussions")]
)
def test_a_token_without_the_right_is_a_warning_that_names_it(
    send: Send, state: GitHubState, place: str, lacks: str
) -> None:
    state.tokens[TOKEN] = github_token(contents="read", issues="read")
    warned(send(place), f"permissions: {lacks}: write")
    assert (state.issues, state.discussions) == ({}, {})


FAULTS = {
    "server error": faults.server_error(500),
    "bad gateway": faults.server_error(502),
    "too many": faults.too_many_requests(3600),
    "primary limit": faults.primary_limit(),
    "html": faults.html_page(),
    "not json": faults.not_json(),
    "dropped": faults.dropped(),
}


@pytest.mark.parametrize("place", ["github-issue", "github-discussion"])
@pytest.mark.parametrize("name", FAULTS)
def test_what_github_fails_at_is_a_warning(
    send: Send, state: GitHubState, place: str, name: str
) -> None:
    state.faults.plan("*", "", FAULTS[name], times=50)
    warned(send(place), "GitHub")
    assert state.issues == state.discussions == {}


@pytest.mark.parametrize("place", ["github-issue", "github-discussion"])
def test_a_write_whose_answer_was_lost_is_not_repeated_and_found_the_next_time(
    send: Send, state: GitHubState, place: str
) -> None:
    path = "/issues$" if place == "github-issue" else "/graphql"
    if place == "github-discussion":
        state.faults.plan("POST", path, faults.delayed(0))
    state.faults.plan("POST", path, faults.server_error(502, after=True))
    warned(send(place), "GitHub failed")
    assert len(state.issues) + len(state.discussions) == 1
    assert "unchanged" in send(place).err
    assert len(state.issues) + len(state.discussions) == 1
