"""Who a token is, and what strangers see."""

from __future__ import annotations

import httpx
import pytest

from ci_tokengate.sandbox.github import ACTIONS, GitHubState, Identity, github_token


def test_an_unknown_token_is_refused_and_none_may_read(
    state: GitHubState, http: httpx.Client
) -> None:
    state.tokens["ghp_known"] = Identity(login="octocat")
    answer = http.get("/pulls/7")
    assert answer.status_code == 401
    assert answer.json() == {
        "message": "Bad credentials",
        "documentation_url": "https://docs.github.com/rest",
        "status": "401",
    }
    del http.headers["authorization"]
    assert http.get("/pulls/7").status_code == 200
    assert http.post("/issues/7/comments", json={"body": "x"}).status_code == 401
    assert state.comments == {}


def test_a_person_is_told_who_he_is_and_an_installation_is_not(
    state: GitHubState, root: httpx.Client
) -> None:
    state.tokens |= {"ghp_me": Identity(login="octocat"), "ghs_any": ACTIONS}
    refused = root.get("/user")
    assert refused.status_code == 403
    assert refused.json()["message"] == "Resource not accessible by integration"
    told = root.get("/user", headers={"authorization": "token ghp_me"})
    assert (told.status_code, told.json()["login"]) == (200, "octocat")
    del root.headers["authorization"]
    assert root.get("/user").json()["message"] == "Requires authentication"


def test_a_persons_token_without_the_right_is_told_so_in_other_words(
    state: GitHubState, http: httpx.Client
) -> None:
    state.tokens["ghs_any"] = Identity(login="octocat", permissions={"contents": "read"})
    answer = http.post("/issues/7/comments", json={"body": "x"})
    assert answer.json()["message"] == "Resource not accessible by personal access token"


@pytest.mark.parametrize(
    ("permissions", "path", "status"),
    [
        ({"pull_requests": "read"}, "/pulls/7", 200),
        ({"contents": "read"}, "/pulls/7", 403),
        ({"contents": "read"}, "/actions/runs", 403),
        ({"actions": "read"}, "/actions/runs", 200),
        ({}, "/branches", 403),
    ],
)
def test_a_private_repository_is_read_with_the_right_to_it(
    state: GitHubState, http: httpx.Client, permissions: dict[str, str], path: str, status: int
) -> None:
    state.tokens["ghs_any"] = github_token(**permissions)
    assert http.get(path).status_code == 200
    state.private = True
    assert http.get(path).status_code == status
    del http.headers["authorization"]
    assert http.get(path).status_code == 404


def test_every_request_is_logged_with_who_asked_what(
    state: GitHubState, http: httpx.Client
) -> None:
    http.post("/issues/7/comments?x=1", json={"body": "x"})
    http.get("/pulls/99")
    first, second = state.log
    assert (first.method, first.path) == ("POST", "/repos/acme/shop/issues/7/comments")
    assert (first.query, first.body, first.status) == ({"x": "1"}, {"body": "x"}, 201)
    assert (first.login, second.status) == ("github-actions[bot]", 404)


def test_a_reset_forgets_everything_but_the_address(state: GitHubState, http: httpx.Client) -> None:
    state.private, state.public_url = True, "http://elsewhere"
    http.post("/issues/7/comments", json={"body": "x"})
    state.reset()
    assert (state.pulls, state.comments, state.log, state.private) == ({}, {}, [], False)
    assert state.public_url == "http://elsewhere"
