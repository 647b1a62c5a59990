"""All that writing the comment, and looking for pull requests, asks of GitHub, through Prism."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.github import GitHub
from ci_tokengate.adapters.github_comments import GitHubComments
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.comments import Behavior
from ci_tokengate.lifecycle.publish import Change, Manner, publish
from ci_tokengate.render.jobs import By
from ci_tokengate.sandbox.github import GitHubState, pull_request
from ci_tokengate.sandbox.github.identity import Identity
from ci_tokengate.sandbox.github.pullviews import HEAD_SHA
from tests.fakes import NOW, FakeClock
from tests.render.reports import cost, report, row
from tests.spec.conftest import Spec

pytestmark = pytest.mark.spec
Serve = Callable[[GitHubState], str]


def comments_of(url: str, token: str = "ghs_job") -> GitHubComments:
    return GitHubComments(url, token, "acme/shop", 7, deadline=Deadline(60), clock=SystemClock())


@pytest.fixture
def state() -> GitHubState:
    state = GitHubState()
    state.pulls[7] = pull_request(7)
    return state


def told(comments: GitHubComments, usd: str, run: str, behavior: Behavior) -> Change:
    manner = Manner(repository="acme/shop", number=7, by=By(run_id=run), behavior=behavior)
    found = report(cost([row(cost=usd)]))
    return publish(comments, lambda: found, manner, clock=FakeClock(), chance=lambda: 0).change


def test_a_comment_is_made_updated_and_left_alone(
    spec: Spec, spec_github: Serve, state: GitHubState
) -> None:
    comments = comments_of(spec_github(state))
    assert told(comments, "1", "1", Behavior.UPDATE) is Change.CREATED
    assert told(comments, "2", "1", Behavior.UPDATE) is Change.UPDATED
    assert told(comments, "2", "1", Behavior.UPDATE) is Change.UNCHANGED
    assert spec.relay.validated == len([a for a in state.log if "graphql" not in a.path])
    assert {a.method for a in state.log} == {"GET", "POST", "PATCH"}


def test_comments_of_earlier_runs_are_hidden_and_deleted(
    spec: Spec, spec_github: Serve, state: GitHubState
) -> None:
    comments = comments_of(spec_github(state))
    for run in ("1", "2"):
        told(comments, "1", run, Behavior.HIDE_AND_NEW)
    assert [c.minimized for c in state.comments_on(7)] == ["OUTDATED", None]
    told(comments, "1", "3", Behavior.DELETE_AND_NEW)
    assert len(state.comments) == 1
    assert "DELETE" in {a.method for a in state.log}


def test_all_pages_are_read_and_a_users_token_is_asked_whose_it_is(
    spec: Spec, spec_github: Serve, state: GitHubState
) -> None:
    user = Identity(login="octocat")
    state.tokens["ghp_user"] = user
    for number in range(120):
        ours = str(number).startswith("1")
        state.add_comment(7, f"{number}\n\n{'m 1' if ours else 'm 2'}", by=user)
    found = comments_of(spec_github(state), "ghp_user").mine("m 1")
    assert len(found) == 31
    assert spec.relay.validated == 5  # repository, pull request, two pages, user


def test_pull_requests_are_found_by_their_head_and_by_their_time(
    spec: Spec, spec_github: Serve, state: GitHubState
) -> None:
    for number in range(8, 120):
        when = NOW - timedelta(hours=number)
        state.pulls[number] = pull_request(number, opened=when, merged=when, head_ref=f"b{number}")
    host = GitHub(spec_github(state), "ghs_job", deadline=Deadline(60))
    found = host.pulls_of_head("acme/shop", "acme", "faster-checkout", HEAD_SHA)
    assert [pull.number for pull in found] == [7]
    late = list(host.pulls_since("acme/shop", NOW - timedelta(hours=110)))
    assert {pull.number for pull in late} >= set(range(8, 111))
    assert 115 not in {pull.number for pull in late}
    assert spec.relay.validated == 3
    assert Decimal(len(late)) >= 103
