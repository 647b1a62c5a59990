"""What `report --send github-issue` asks of GitHub, through Prism. Discussions are GraphQL, which is not described;
the double checks them against a cut of GitHub's own schema."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.github_boards import GitHubDiscussions, GitHubIssues
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.postings import PostedAs
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
