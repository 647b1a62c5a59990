"""Hiding a comment."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from ci_tokengate.sandbox.github import GitHubState, github_token
from tests.stage.trust import TRUST

HIDE = """mutation($id: ID!) {
  minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) {
    minimizedComment { isMinimized minimizedReason }
  }
}"""
SEEN = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on IssueComment { id isMinimized body author { login } } } }"


@pytest.fixture
def ask(api: str, state: GitHubState) -> Any:
    def asked(query: str, **variables: Any) -> Any:
        with httpx.Client(headers={"authorization": "Bearer ghs_any"}, verify=TRUST) as client:
            url = api.replace("/api/v3", "/api/graphql")
            return client.post(url, json={"query": query, "variables": variables}).json()

    return asked


def test_a_comment_is_hidden_as_outdated_and_seen_to_be(state: GitHubState, ask: Any) -> None:
    old, new = state.add_comment(7, "old"), state.add_comment(7, "new")
    done = ask(HIDE, id=old.node_id)["data"]["minimizeComment"]["minimizedComment"]
    assert done == {"isMinimized": True, "minimizedReason": "outdated"}
    assert (old.minimized, new.minimized) == ("OUTDATED", None)
    nodes = ask(SEEN, ids=[old.node_id, new.node_id])["data"]["nodes"]
    assert [node["isMinimized"] for node in nodes] == [True, False]
    assert nodes[1]["author"] == {"login": "github-actions[bot]"}


def test_a_node_that_is_not_there_is_null_with_the_reason(ask: Any) -> None:
    said = ask(HIDE, id="IC_none")
    assert said["data"] == {"minimizeComment": None}
    assert said["errors"][0]["type"] == "NOT_FOUND"
    assert said["errors"][0]["message"].startswith("Could not resolve to a node")
    assert ask(SEEN, ids=["IC_none"])["data"] == {"nodes": [None]}


def test_a_token_that_may_not_write_may_not_hide(state: GitHubState, ask: Any) -> None:
    state.tokens["ghs_any"] = github_token(pull_requests="read")
    kept = state.add_comment(7, "kept")
    said = ask(HIDE, id=kept.node_id)
    assert said["errors"][0]["type"] == "FORBIDDEN"
    assert kept.minimized is None


def test_a_query_that_github_would_not_understand_is_refused(ask: Any) -> None:
    said = ask("{ nonsense }")
    assert "data" not in said
    assert "Cannot query field 'nonsense'" in said["errors"][0]["message"]


def test_graphql_is_for_the_known_only(api: str) -> None:
    answer = httpx.post(api.replace("/api/v3", "/api/graphql"), json={"query": HIDE}, verify=TRUST)
    assert answer.status_code == 401
