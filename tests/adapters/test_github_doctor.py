"""What GitHub tells of a token without anything being written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ci_tokengate.adapters.github_doctor import GitHubRights
from ci_tokengate.adapters.http import Deadline, pauses
from ci_tokengate.core.diagnosis import Comment, CommentRight
from ci_tokengate.errors import UndecidedError
from ci_tokengate.sandbox.listen import listener_on, serving

RUNNERS, CLASSIC = "ghs_CanaryOfARunnersToken01", "ghp_CanaryOfAClassicToken001"
FINE = "github_pat_CanaryOfAFineGrainedToken1"
READER: dict[str, Any] = {"private": True, "permissions": {"pull": True, "push": False}}
REPO: dict[str, str] = {"x-oauth-scopes": "gist, repo"}
NO_SCOPE: dict[str, str] = {"x-oauth-scopes": "gist"}
PUBLIC: dict[str, str] = {"x-oauth-scopes": "public_repo"}


@contextmanager
def _github(status: int, body: Any, headers: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []

    async def repository(request: Request) -> Response:
        seen.append(request.method)
        return JSONResponse(body, status_code=status, headers=headers)

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", repository, methods=methods)])
    with listener_on(0) as listener, serving(app, listener, name="github"):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen


def _right(
    token: str, status: int, body: Any, headers: dict[str, str], *, fork: bool = False
) -> CommentRight:
    with _github(status, body, headers) as (url, seen):
        rights = GitHubRights(url, token, deadline=Deadline(10), event_from_fork=fork)
        try:
            return rights.comment_right("acme/shop")
        finally:
            assert set(seen) == {"GET"}


CASES: dict[str, tuple[str, int, Any, dict[str, str], Comment, str]] = {
    "a runner's token": (RUNNERS, 200, READER, {}, Comment.UNTOLD, "pull-requests: write"),
    "a classic token": (CLASSIC, 200, READER, REPO, Comment.MAY, ""),
    "a classic one, public": (CLASSIC, 200, {"private": False}, PUBLIC, Comment.MAY, ""),
    "public_repo on a private one": (CLASSIC, 200, READER, PUBLIC, Comment.MAY_NOT, "scope repo"),
    "a classic one without scope": (CLASSIC, 200, READER, NO_SCOPE, Comment.MAY_NOT, "repo"),
    "a fine-grained token": (FINE, 200, READER, {}, Comment.UNTOLD, "Pull requests: read and"),
    "a user who reads nothing": (
        FINE,
        200,
        {"permissions": {"pull": False}},
        {},
        Comment.MAY_NOT,
        "access",
    ),
    "an archive": (CLASSIC, 200, {"archived": True}, REPO, Comment.MAY_NOT, "unarchive"),
    "a wrong token": (CLASSIC, 401, {}, {}, Comment.MAY_NOT, "github.token"),
    "a token that reads nothing": (CLASSIC, 403, {}, {}, Comment.MAY_NOT, "access"),
    "no such repository": (CLASSIC, 404, {}, {}, Comment.MAY_NOT, "check the name"),
    "a new name": (CLASSIC, 301, {"url": "x"}, {}, Comment.MAY_NOT, "new name"),
}


@pytest.mark.parametrize(
    ("token", "status", "body", "headers", "answer", "change"), CASES.values(), ids=CASES
)
def test_what_a_token_may_is_told_apart(
    token: str, status: int, body: Any, headers: dict[str, str], answer: Comment, change: str
) -> None:
    right = _right(token, status, body, headers)
    assert right.answer is answer
    assert change in right.change
    assert bool(right.change) is (answer is not Comment.MAY)


def test_a_job_for_a_fork_may_not_comment() -> None:
    right = _right(RUNNERS, 200, READER, {}, fork=True)
    assert right.answer is Comment.MAY_NOT
    assert "workflow_run" in right.change


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (403, {"x-ratelimit-remaining": "0"}),
        (403, {"retry-after": "60"}),
        (429, {"retry-after": "0"}),
        (500, {}),
        (200, {}),
    ],
)
def test_a_github_that_cannot_tell_leaves_it_undecided(
    status: int, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses, "backoff", lambda attempt: 0.01)
    with pytest.raises(UndecidedError):
        _right(CLASSIC, status, ["not a repository"], headers)
