"""What only GraphQL tells, through PyGithub: whose a token is, and which comments are hidden.

Source: https://docs.github.com/graphql/reference/queries
"""

from __future__ import annotations

from collections.abc import Sequence

import github

from ci_tokengate.adapters.github_errors import is_limit

ACTIONS = "github-actions[bot]"
_VIEWER = "query { viewer { login } }"
_HIDDEN = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on IssueComment { id isMinimized } } }"
_MOST = 100
"""Nodes in one question."""


def login_of(client: github.Github, token: str) -> str:
    """An installation's token may not ask `/user`; GraphQL's viewer tells it all the same.

    Where there is no GraphQL it is a job's own token. Raises GithubException where GitHub cannot
    answer now: a guess would not find the comment there is, and make another.
    """
    try:
        if not token.startswith("ghs_"):
            return client.get_user().login
    except github.GithubException as error:
        _raise_if_it_passes(error)
    try:
        _, answer = client.requester.graphql_query(_VIEWER, {})
        return str(answer["data"]["viewer"]["login"])
    except github.GithubException as error:
        _raise_if_it_passes(error)
    except (LookupError, TypeError):
        pass
    return ACTIONS


def hidden_among(client: github.Github, node_ids: Sequence[str]) -> set[str]:
    """Of the newest hundred."""
    try:
        _, answer = client.requester.graphql_query(_HIDDEN, {"ids": list(node_ids)[-_MOST:]})
        return {node["id"] for node in answer["data"]["nodes"] if node and node["isMinimized"]}
    except github.UnknownObjectException:  # one of them is gone, and none of the others is told
        return set()


def _raise_if_it_passes(error: github.GithubException) -> None:
    if is_limit(error) or error.status >= 500:
        raise error
