"""That the check can fail: a wrong request and a wrong answer are caught, and what is not checked is known."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ci_tokengate.sandbox.github import ACTIONS, GitHubState, faults, pull_request
from tests.spec.conftest import Spec, without_violations

pytestmark = pytest.mark.spec
HERE = "/repos/acme/shop"


def taken(spec: Spec) -> str:
    """The one violation there is; it no longer fails the test."""
    found = spec.relay.violations.pop()
    assert spec.relay.violations == []
    return found


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": "weird"}, "property state must be equal to one of the allowed values"),
        ({"title": None}, "property title must be string"),
        ({"created_at": "yesterday"}, 'property created_at must match format \\"date-time\\"'),
        ({"additions": "many"}, "property additions must be integer"),
        ({"merged": "yes"}, "property merged must be boolean"),
        ({"author_association": "BOSS"}, "property author_association must be equal to one of"),
    ],
)
def test_an_answer_that_github_would_not_give_is_caught(
    spec: Spec, change: dict[str, Any], words: str
) -> None:
    state = GitHubState()
    url = spec.serve(state)
    state.pulls[7] = pull_request(7) | change
    answer = httpx.get(f"{url}{HERE}/pulls/7")
    assert answer.status_code == 500
    found = taken(spec)
    assert found.startswith(f"GET {HERE}/pulls/7: Request/Response not valid")
    assert words in found


def test_an_answer_that_lacks_a_name_is_caught(spec: Spec) -> None:
    spec.serve(GitHubState())

    async def comment(request: Request) -> Response:
        return JSONResponse({"id": 1, "body": "x"}, status_code=201)

    at = "/api/v3/repos/acme/shop/issues/7/comments"
    spec.switch.app = Starlette(routes=[Route(at, comment, methods=["POST"])])
    answer = httpx.post(f"{spec.url}{HERE}/issues/7/comments", json={"body": "x"})
    assert answer.status_code == 500
    assert "must have required property 'node_id'" in taken(spec)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("POST", "/issues/7/comments", {}, 422, "must have required property 'body'"),
        ("POST", "/issues/7/comments", {"body": 7}, 422, "property body must be string"),
        ("POST", "/issues/7/comments", {"body": "b", "boddy": 1}, 422, "additional properties; found 'boddy'"),
        ("POST", "/check-runs", {"name": "n", "head_sha": "s", "status": "done"}, 422, "property status"),
        ("PATCH", "/pulls/7", {"state": "merged"}, 422, "property state must be equal to one of"),
        ("GET", "/issues/7/comments?per_page=all", None, 422, "per_page must be integer"),
        ("GET", "/issues/7/comments?since=yesterday", None, 422, "since must match format"),
        ("GET", "/issues/7/comments?perpage=5", None, 422, "names that GitHub does not know: ['perpage']"),
        ("GET", "/pulls?state=merged", None, 422, "state must be equal to one of"),
        ("GET", "/pulls/seven", None, 422, "pull_number must be integer"),
        ("GET", "/issues/7/comment", None, 404, "hasn't been found"),
        ("DELETE", "/pulls/7", None, 405, 'does not have \\"delete\\" method'),
    ],
)  # fmt: skip
def test_a_request_that_github_does_not_describe_is_caught_and_has_no_effect(
    spec: Spec, method: str, path: str, body: Any, status: int, words: str
) -> None:
    state = GitHubState()
    url = spec.serve(state)
    state.pulls[7] = pull_request(7)
    headers = {"authorization": "Bearer x"}
    answer = httpx.request(method, f"{url}{HERE}{path}", json=body, headers=headers)
    assert answer.status_code == status
    assert words in taken(spec)
    assert state.log == []


def test_a_violation_fails_the_test_even_where_its_answer_is_swallowed(spec: Spec) -> None:
    url = spec.serve(GitHubState())
    with pytest.raises(AssertionError, match="no path matched"), without_violations(spec.relay):
        httpx.get(f"{url}{HERE}/nothing")
    taken(spec)


def test_statuses_that_are_not_described_pass_with_a_warning(spec: Spec) -> None:
    state = GitHubState(tokens={"known": ACTIONS})
    url = spec.serve(state)
    headers = {"authorization": "Bearer unknown"}
    assert httpx.get(f"{url}{HERE}/pulls/7", headers=headers).status_code == 401
    state.faults.plan("GET", "/pulls/7$", faults.too_many_requests(5))
    limited = httpx.get(f"{url}{HERE}/pulls/7")
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "5")
    assert len(spec.relay.warnings) == 2
    assert spec.relay.validated == 0


def test_graphql_and_redirects_pass_unvalidated_and_are_counted(spec: Spec) -> None:
    state = GitHubState(moved={"acme/old": "acme/shop"})
    url = spec.serve(state)
    state.pulls[7] = pull_request(7)
    old = httpx.get(f"{url}/repos/acme/old/pulls/7", follow_redirects=True)
    assert (old.status_code, old.json()["number"]) == (200, 7)
    query = {"query": "{ viewer { login } }"}
    root = url.removesuffix("/v3")
    asked = httpx.post(f"{root}/graphql", json=query, headers={"authorization": "Bearer x"})
    assert asked.json() == {"data": {"viewer": {"login": "github-actions[bot]"}}}
    assert [what.partition(" ")[0] for what in spec.relay.unvalidated] == ["GET", "POST"]


def test_a_raw_file_is_checked_as_its_json_twin_and_answered_raw(spec: Spec) -> None:
    state = GitHubState(files={("main", "a/b.yml"): "text"})
    url = spec.serve(state)
    raw = {"accept": "application/vnd.github.raw+json"}
    answer = httpx.get(f"{url}{HERE}/contents/a/b.yml", headers=raw)
    assert (answer.text, spec.relay.validated) == ("text", 1)


def test_a_connection_that_breaks_off_breaks_off_for_the_client(spec: Spec) -> None:
    state = GitHubState()
    url = spec.serve(state)
    state.faults.plan("POST", "/graphql$", faults.dropped())
    with pytest.raises(httpx.TransportError):
        httpx.post(f"{url.removesuffix('/v3')}/graphql", json={})
