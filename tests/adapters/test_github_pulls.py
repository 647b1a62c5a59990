"""Pull requests for the ledger, from the GitHub double and from hosts that misbehave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from ci_tokengate.adapters.github_pulls import GitHubPulls
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.errors import UndecidedError, UsageError
from ci_tokengate.sandbox.github import GitHubState, pull_request, running_github
from ci_tokengate.sandbox.github.faults import Fault, not_json, primary_limit, server_error

BEGIN = datetime(2026, 11, 1, tzinfo=timezone.utc)


@pytest.fixture
def state() -> GitHubState:
    return GitHubState()


@pytest.fixture
def pulls(state: GitHubState) -> Iterator[GitHubPulls]:
    with running_github(state) as url:
        yield GitHubPulls(url, "ghs_any", deadline=Deadline(10))


def test_all_pages_come_latest_first_back_to_a_moment(
    state: GitHubState, pulls: GitHubPulls
) -> None:
    for number in range(1, 251):
        state.pulls[number] = pull_request(number, merged=BEGIN + timedelta(hours=number))
    found = list(pulls.pulls_since("acme/shop", BEGIN + timedelta(hours=40)))
    assert [pull.number for pull in found] == list(range(250, 39, -1))
    assert {pull.host for pull in found} == {"127.0.0.1"}
    assert len(list(pulls.pulls_since("acme/shop", None))) == 250


def test_a_renamed_repository_has_its_name_of_today(state: GitHubState, pulls: GitHubPulls) -> None:
    state.moved["acme/shop"] = "globex/store"
    assert pulls.name_of("acme/shop") == "globex/store"
    assert pulls.name_of("globex/store") == "globex/store"


def test_a_deleted_repository_is_none(state: GitHubState, pulls: GitHubPulls) -> None:
    state.repository = "acme/other"
    assert pulls.name_of("acme/shop") is None


def test_a_redirect_to_another_host_gets_no_token(state: GitHubState, pulls: GitHubPulls) -> None:
    elsewhere = {"location": "https://evil.example/repositories/1"}
    state.faults.plan("GET", "/repos/acme/shop", Fault(status=301, headers=elsewhere))
    with pytest.raises(UsageError, match="a token is never sent along"):
        pulls.name_of("acme/shop")


def test_all_files_of_a_change_are_listed(state: GitHubState, pulls: GitHubPulls) -> None:
    state.pulls[7] = pull_request(7)
    state.changed[7] = [f"src/{n} é.py" for n in range(230)]
    assert list(pulls.changed_files("acme/shop", 7)) == state.changed[7]


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (primary_limit(), UndecidedError, "limits the rate of requests"),
        (Fault(status=403, body=b"{}"), UsageError, "refused, while listing the pull requests of"),
        (server_error(500), UndecidedError, "failed, while listing"),
        (not_json(), UndecidedError, "in a form that is not GitHub's"),
    ],
)
def test_what_github_refuses_is_one_sentence(
    state: GitHubState, pulls: GitHubPulls, fault: Fault, kind: type[Exception], words: str
) -> None:
    state.faults.plan("GET", "/repos/acme/shop/pulls", fault)
    with pytest.raises(kind, match=words):
        list(pulls.pulls_since("acme/shop", None))
    assert state.faults.left == 0
