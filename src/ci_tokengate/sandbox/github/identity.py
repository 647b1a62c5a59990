"""Who calls, and what a token may do.

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Identity:
    """`app_slug` marks an installation's token, such as GITHUB_TOKEN. `permissions` None: all there are.

    Names as in the REST API: contents, issues, pull_requests, checks, actions; `read` or `write`.
    """

    login: str
    type: str = "User"
    app_slug: str | None = None
    permissions: Mapping[str, str] | None = None
    association: str = "NONE"

    def may(self, what: str, how: str) -> bool:
        if self.permissions is None:
            return True
        given = self.permissions.get(what, "none")
        return given == "write" or (how == "read" and given == "read")


ACTIONS = Identity(login="github-actions[bot]", type="Bot", app_slug="github-actions")


def github_token(**permissions: str) -> Identity:
    """A job's GITHUB_TOKEN with just these permissions: `github_token(contents="read")`."""
    return Identity(
        login=ACTIONS.login, type="Bot", app_slug=ACTIONS.app_slug, permissions=permissions
    )
