"""Every route: how, where, who answers, what the token must be allowed to read, and its documentation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ci_tokengate.sandbox.github import (
    account,
    checks,
    comments,
    contents,
    graphql,
    issues,
    jobs,
    organisations,
    pulls,
    refs,
    repositories,
    reviews,
    rules,
    runs,
    trees,
)
from ci_tokengate.sandbox.github.web import Call, Reply

Handler = Callable[[Call], Reply]


@dataclass(frozen=True, kw_only=True)
class Row:
    """`path` is below the repository; `documentation` below docs.github.com/rest."""

    method: str
    path: str
    handler: Handler
    documentation: str
    reads: tuple[str, ...] = ()
    """Any of these; a public repository can be read without."""


def _rows(reads: str, *rows: tuple[str, str, Handler, str]) -> list[Row]:
    return [
        Row(method=how, path=path, handler=handler, documentation=doc, reads=tuple(reads.split()))
        for how, path, handler, doc in rows
    ]


_PULLS = "pulls/pulls#"
_REVIEWS = "pulls/reviews#"
_ISSUES = "issues/issues#"
_COMMENTS = "issues/comments#"
_CHECKS = "checks/runs#"
_RUNS = "actions/workflow-runs#"
_JOBS = "actions/workflow-jobs#"

OF_A_REPOSITORY: list[Row] = [
    *_rows(
        "",
        ("GET", "", repositories.get, "repos/repos#get-a-repository"),
        ("GET", "/rules/branches/{branch:path}", rules.of_branch, "repos/rules#get-rules-for-a-branch"),
    ),
    *_rows(
        "pull_requests",
        ("GET", "/pulls", pulls.list_pulls, f"{_PULLS}list-pull-requests"),
        ("POST", "/pulls", pulls.create, f"{_PULLS}create-a-pull-request"),
        ("GET", "/pulls/{number:int}", pulls.get, f"{_PULLS}get-a-pull-request"),
        ("PATCH", "/pulls/{number:int}", pulls.edit, f"{_PULLS}update-a-pull-request"),
        ("GET", "/pulls/{number:int}/files", pulls.list_files, f"{_PULLS}list-pull-requests-files"),
        ("GET", "/pulls/{number:int}/commits", pulls.list_commits, f"{_PULLS}list-commits-on-a-pull-request"),
        ("GET", "/pulls/{number:int}/reviews", reviews.list_reviews, f"{_REVIEWS}list-reviews-for-a-pull-request"),
        ("POST", "/pulls/{number:int}/reviews", reviews.create_review, f"{_REVIEWS}create-a-review-for-a-pull-request"),
        ("GET", "/commits/{sha}/pulls", pulls.of_commit, "commits/commits#list-pull-requests-associated-with-a-commit"),
    ),
    *_rows(
        "issues pull_requests",
        ("GET", "/issues", issues.list_issues, f"{_ISSUES}list-repository-issues"),
        ("POST", "/issues", issues.create, f"{_ISSUES}create-an-issue"),
        ("GET", "/issues/{number:int}", issues.get, f"{_ISSUES}get-an-issue"),
        ("PATCH", "/issues/{number:int}", issues.edit, f"{_ISSUES}update-an-issue"),
        ("GET", "/issues/{number:int}/comments", comments.list_comments, f"{_COMMENTS}list-issue-comments"),
        ("POST", "/issues/{number:int}/comments", comments.create, f"{_COMMENTS}create-an-issue-comment"),
        ("GET", "/issues/comments/{id:int}", comments.get, f"{_COMMENTS}get-an-issue-comment"),
        ("PATCH", "/issues/comments/{id:int}", comments.edit, f"{_COMMENTS}update-an-issue-comment"),
        ("DELETE", "/issues/comments/{id:int}", comments.delete, f"{_COMMENTS}delete-an-issue-comment"),
    ),
    *_rows(
        "contents",
        ("GET", "/contents/{path:path}", contents.get, "repos/contents#get-repository-content"),
        ("PUT", "/contents/{path:path}", contents.put, "repos/contents#create-or-update-file-contents"),
        ("GET", "/git/ref/{ref:path}", refs.get, "git/refs#get-a-reference"),
        ("GET", "/git/trees/{tree_sha:path}", trees.tree, "git/trees#get-a-tree"),
        ("GET", "/git/blobs/{file_sha}", trees.blob, "git/blobs#get-a-blob"),
        ("POST", "/git/refs", refs.create, "git/refs#create-a-reference"),
        ("GET", "/branches", refs.list_branches, "branches/branches#list-branches"),
        ("GET", "/branches/{branch:path}", refs.get_branch, "branches/branches#get-a-branch"),
    ),
    *_rows(
        "checks",
        ("POST", "/check-runs", checks.create, f"{_CHECKS}create-a-check-run"),
        ("GET", "/check-runs/{id:int}", checks.get, f"{_CHECKS}get-a-check-run"),
        ("PATCH", "/check-runs/{id:int}", checks.edit, f"{_CHECKS}update-a-check-run"),
        ("GET", "/commits/{ref:path}/check-runs", checks.of_ref, f"{_CHECKS}list-check-runs-for-a-git-reference"),
    ),
    *_rows("contents", ("GET", "/commits", refs.list_commits, "commits/commits#list-commits")),
    *_rows("contents", ("GET", "/commits/{ref:path}", refs.get_commit, "commits/commits#get-a-commit")),
    *_rows(
        "actions",
        ("GET", "/actions/runs", runs.list_runs, f"{_RUNS}list-workflow-runs-for-a-repository"),
        ("GET", "/actions/runs/{id:int}", runs.get, f"{_RUNS}get-a-workflow-run"),
        ("GET", "/actions/runs/{id:int}/approvals", runs.list_approvals, f"{_RUNS}get-the-review-history-for-a-workflow-run"),
        ("GET", "/actions/runs/{id:int}/jobs", jobs.list_jobs, f"{_JOBS}list-jobs-for-a-workflow-run"),
        ("GET", "/actions/runs/{id:int}/attempts/{attempt:int}/jobs", jobs.list_jobs, f"{_JOBS}list-jobs-for-a-workflow-run-attempt"),
    ),
]  # fmt: skip

OF_NONE: list[Row] = _rows(
    "",
    ("GET", "/user", account.me, "users/users#get-the-authenticated-user"),
    ("GET", "/orgs/{org}/repos", organisations.list_repositories, "repos/repos#list-organization-repositories"),
    ("GET", "/rate_limit", account.rate_limit, "rate-limit/rate-limit"),
)  # fmt: skip
GRAPHQL = Row(method="POST", path="", handler=graphql.answer, documentation="")
