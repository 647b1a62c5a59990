"""The same through PyGithub, which is what the product uses; and PyGithub's own traps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import github
import pytest
import requests
from github.Repository import Repository

from ci_tokengate.sandbox.github import GitHubState, faults, github_token, workflow_run
from tests.sandbox.github.conftest import OPENED, REPOSITORY


@pytest.fixture
def client(api: str) -> Iterator[github.Github]:
    with github.Github(
        auth=github.Auth.Token("ghs_any"),
        base_url=api,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    ) as client:
        yield client


@pytest.fixture
def repo(client: github.Github) -> Repository:
    return client.get_repo(REPOSITORY)


def test_comments_are_listed_over_all_pages_made_edited_hidden_and_deleted(
    state: GitHubState, repo: Repository
) -> None:
    for n in range(65):
        state.add_comment(7, str(n), created=OPENED)
    pull = repo.get_pull(7)
    assert [c.body for c in pull.get_issue_comments()] == [str(n) for n in range(65)]
    assert pull.as_issue().get_comments(since=OPENED + timedelta(seconds=1)).totalCount == 0
    made = pull.create_issue_comment("new")
    assert (made.user.login, made.user.type) == ("github-actions[bot]", "Bot")
    assert made.performed_via_github_app is not None
    made.edit("edited")
    assert repo.get_issue(7).get_comment(made.id).body == "edited"
    assert made.minimize("OUTDATED")
    assert state.comments[made.id].minimized == "OUTDATED"
    made.delete()
    assert made.id not in state.comments


def test_a_pull_request_is_whole_and_completes_itself(state: GitHubState, repo: Repository) -> None:
    pull = next(iter(repo.get_pulls(state="open", head="acme:faster-checkout")))
    assert pull.created_at == OPENED
    assert (pull.head.ref, pull.base.repo.full_name) == ("faster-checkout", REPOSITORY)
    assert pull.merged is False  # not in the list: asked for
    assert [asked.path for asked in state.log][-1].endswith("/pulls/7")
    pull.create_review(body="good", event="APPROVE")
    assert [review.state for review in pull.get_reviews()] == ["APPROVED"]
    assert [p.number for p in repo.get_commit(pull.head.sha).get_pulls()] == [7]


def test_a_branch_a_file_and_a_pull_request_are_made(state: GitHubState, repo: Repository) -> None:
    state.refs["refs/heads/main"] = "a" * 40
    repo.create_git_ref("refs/heads/tidy", repo.get_git_ref("heads/main").object.sha)
    made = repo.create_file("x.txt", "m", "one", branch="tidy")
    repo.update_file("x.txt", "m", "two", made["content"].sha, branch="tidy")
    found = repo.get_contents("x.txt", ref="tidy")
    assert not isinstance(found, list)
    assert found.decoded_content == b"two"
    assert repo.get_branch("tidy").commit.sha == state.refs["refs/heads/tidy"]
    assert repo.create_pull(base="main", head="tidy", title="Tidy").number == 8


def test_issues_runs_and_checks_are_read(state: GitHubState, repo: Repository) -> None:
    issue = repo.create_issue(title="Budget", labels=["tokengate"])
    assert [i.number for i in repo.get_issues(labels=["tokengate"])] == [issue.number]
    issue.edit(state="closed", state_reason="completed")
    assert repo.get_issue(issue.number).state == "closed"
    state.runs["900"] = workflow_run(900, attempt=2, pulls=(7,))
    state.jobs["900", 2] = [{"name": "review"}]
    run = repo.get_workflow_run(900)
    assert (run.run_attempt, run.head_branch) == (2, "faster-checkout")
    assert [p.number for p in run.pull_requests] == [7]
    assert [job.name for job in run.jobs()] == ["review"]
    assert [r.id for r in repo.get_workflow_runs(event="pull_request")] == [900]
    check = repo.create_check_run("tokengate", run.head_sha, status="in_progress")
    check.edit(conclusion="success", output={"title": "t", "summary": "s"})
    listed = repo.get_commit(run.head_sha).get_check_runs(check_name="tokengate")
    assert [c.conclusion for c in listed] == ["success"]


def test_refusals_are_told_as_exceptions(
    state: GitHubState, client: github.Github, repo: Repository
) -> None:
    with pytest.raises(github.UnknownObjectException):
        repo.get_pull(99)
    with pytest.raises(github.GithubException, match="Resource not accessible by integration"):
        _ = client.get_user().login
    state.tokens["ghs_any"] = github_token(pull_requests="read")
    with pytest.raises(github.GithubException, match="Resource not accessible by integration"):
        repo.get_issue(7).create_comment("x")
    state.tokens = {"ghs_other": github_token()}
    with pytest.raises(github.BadCredentialsException):
        repo.get_pull(7)


def test_limits_and_broken_answers_are_told_as_exceptions(
    state: GitHubState, repo: Repository
) -> None:
    issue = repo.get_issue(7)
    for fault in (faults.primary_limit(), faults.secondary_limit()):
        state.faults.plan("POST", "comments$", fault)
        with pytest.raises(github.RateLimitExceededException):
            issue.create_comment("x")
    for fault in (faults.too_many_requests(), faults.server_error(502), faults.html_page(503)):
        state.faults.plan("POST", "comments$", fault)
        with pytest.raises(github.GithubException):
            issue.create_comment("x")
    assert state.comments == {}
    state.faults.plan("POST", "comments$", faults.dropped(after=True))
    with pytest.raises(requests.ConnectionError):
        issue.create_comment("x")
    assert len(state.comments) == 1


def test_a_renamed_repository_is_followed_by_pygithub_when_reading(
    state: GitHubState, client: github.Github
) -> None:
    state.moved["acme/old"] = REPOSITORY
    state.add_comment(7, "x")
    assert client.get_repo("acme/old").full_name == REPOSITORY


def test_a_renamed_repository_loses_the_query_and_swallows_the_write_in_pygithub(
    state: GitHubState, client: github.Github
) -> None:
    """PyGithub 2.10 follows 301 without the query, and takes a 307's body for the thing that was made."""
    state.moved["acme/old"] = REPOSITORY
    old = github.Github(auth=client.requester.auth, base_url=client.requester.base_url, lazy=True)
    issue = old.get_repo("acme/old").get_issue(7)
    list(issue.get_comments(since=OPENED))
    assert "since" in state.log[-2].query
    assert "since" not in state.log[-1].query
    issue.create_comment("lost")
    assert state.log[-1].status == 307
    assert state.comments == {}
