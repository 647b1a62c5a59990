"""What `report` and `watch` ask of GitHub with `--send github-issue`, through Prism. Discussions are GraphQL, which is not described;
the double checks them against a cut of GitHub's own schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.github_discussions import GitHubDiscussions
from ci_tokengate.adapters.github_incidents import GitHubIncidents
from ci_tokengate.adapters.github_issues import GitHubIssues
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.postings import PostedAs
from ci_tokengate.core.watch.incident import Memory
from ci_tokengate.sandbox.github import GitHubState
from tests.spec.conftest import Spec

pytestmark = pytest.mark.spec
SINCE = datetime(2026, 10, 1, tzinfo=timezone.utc)
MARK = "<!-- tokengate:report:2026-10:all -->"


def test_an_issue_is_listed_made_and_edited_in_described_ways(
    spec: Spec, spec_github: Callable[[GitHubState], str]
) -> None:
    api = spec_github(GitHubState())
    board = GitHubIssues(api, "ghs_job", "acme/shop", deadline=Deadline(60), clock=SystemClock())
    made = [board.put("AI spend", f"{text}\n{MARK}\n", MARK, SINCE) for text in ("1", "1", "2")]
    assert [m.change for m in made] == [PostedAs.CREATED, PostedAs.UNCHANGED, PostedAs.UPDATED]
    assert spec.relay.validated >= 6


def test_a_discussion_goes_by_graphql_alone(
    spec: Spec, spec_github: Callable[[GitHubState], str]
) -> None:
    api = spec_github(GitHubState())
    board = GitHubDiscussions(
        api, "ghs_job", "acme/shop", "General", deadline=Deadline(60), clock=SystemClock()
    )
    made = [board.put("AI spend", f"{text}\n{MARK}\n", MARK, SINCE) for text in ("1", "1", "2")]
    assert [m.change for m in made] == [PostedAs.CREATED, PostedAs.UNCHANGED, PostedAs.UPDATED]
    assert set(spec.relay.unvalidated) == {"POST /api/graphql"}


def test_an_incidents_issue_is_listed_made_edited_and_closed_in_described_ways(
    spec: Spec, spec_github: Callable[[GitHubState], str]
) -> None:
    api = spec_github(GitHubState())
    board = GitHubIncidents(api, "ghs_job", "acme/shop", deadline=Deadline(60), clock=SystemClock())
    memory = Memory(proxy="https://llm.acme.example", team_id="payments-squad")
    assert board.incidents() == []
    assert board.open("AI spend", "red", memory).change is PostedAs.CREATED
    [there] = board.incidents()
    assert (there.text, there.memory, there.closed) == ("red", memory, False)
    done = [
        board.edit(there, "AI spend", "amber", memory, closed=False),
        board.edit(there, "AI spend", "over", replace(memory, over=True), closed=True),
    ]
    assert [d.change for d in done] == [PostedAs.UPDATED, PostedAs.CLOSED]
    [there] = board.incidents()
    assert (there.text, there.memory.over, there.closed) == ("over", True, True)
    assert board.edit(there, "t", "again", memory, closed=False).change is PostedAs.REOPENED
    assert spec.relay.validated >= 7
