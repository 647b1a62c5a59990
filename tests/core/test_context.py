from __future__ import annotations

from typing import Any

import pytest

from ci_tokengate.core.context import PullRequest, pull_request_of
from ci_tokengate.errors import UsageError

REPO = "acme/shop"


def _pull(head_repo: Any = "acme/shop") -> dict[str, Any]:
    repo = {"full_name": head_repo} if isinstance(head_repo, str) else head_repo
    return {"number": 7, "head": {"ref": "topic", "repo": repo}, "base": {"sha": "b" * 40}}


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "pull_request_review"])
def test_a_pull_request_of_the_repository_itself(event: str) -> None:
    found = pull_request_of(event, {"pull_request": _pull()}, REPO)
    assert found == PullRequest(number=7, base_sha="b" * 40, head_ref="topic", from_fork=False)


@pytest.mark.parametrize("head", ["mallory/shop", None, {}, {"full_name": None}])
def test_a_foreign_or_vanished_head_is_a_fork(head: Any) -> None:
    found = pull_request_of("pull_request", {"pull_request": _pull(head)}, REPO)
    assert isinstance(found, PullRequest)
    assert found.from_fork


def test_case_does_not_make_a_fork() -> None:
    found = pull_request_of("pull_request", {"pull_request": _pull("Acme/Shop")}, REPO)
    assert isinstance(found, PullRequest)
    assert not found.from_fork


def test_a_comment_on_a_pull_request_gives_only_its_number() -> None:
    payload = {"issue": {"number": 9, "pull_request": {"url": "…"}}}
    assert pull_request_of("issue_comment", payload, REPO) == 9


def test_a_comment_on_an_issue_belongs_to_no_pull_request() -> None:
    assert pull_request_of("issue_comment", {"issue": {"number": 9}}, REPO) is None


@pytest.mark.parametrize("event", ["push", "schedule", "workflow_dispatch", "merge_group"])
def test_other_events_belong_to_no_pull_request(event: str) -> None:
    assert pull_request_of(event, {"ref": "refs/heads/main"}, REPO) is None


@pytest.mark.parametrize("body", [{}, None, {"number": 1}, {"number": "x", **_pull()}, []])
def test_a_pull_request_event_without_one_is_told(body: Any) -> None:
    if isinstance(body, dict) and "head" in body:
        body["number"] = "x"
    with pytest.raises(UsageError, match="incomplete"):
        pull_request_of("pull_request", {"pull_request": body}, REPO)
    with pytest.raises(UsageError, match="has no pull request"):
        pull_request_of("pull_request", {}, REPO)


def _run(head: Any, pulls: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "workflow_run": {"head_repository": head, "head_branch": "topic", "pull_requests": pulls}
    }


def test_a_workflow_run_of_a_fork_is_a_fork_although_it_lists_no_pull_request() -> None:
    found = pull_request_of("workflow_run", _run({"full_name": "mallory/shop"}, []), REPO)
    assert isinstance(found, PullRequest)
    assert found.from_fork


def test_a_workflow_run_finds_the_pull_request_of_this_repository_only() -> None:
    own = {"number": 4, "base": {"sha": "c" * 40, "repo": {"url": "https://x/repos/acme/shop"}}}
    other = {"number": 5, "base": {"sha": "d" * 40, "repo": {"url": "https://x/repos/m/shop"}}}
    found = pull_request_of("workflow_run", _run({"full_name": REPO}, [other, own]), REPO)
    assert isinstance(found, PullRequest)
    assert (found.number, found.base_sha) == (4, "c" * 40)
