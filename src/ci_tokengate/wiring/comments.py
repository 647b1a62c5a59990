"""The comments of a pull request."""

from __future__ import annotations

import random

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.errors import UsageError
from ci_tokengate.ports import Comments
from ci_tokengate.wiring.proxies import clock, one_line_secret


def open_comments(
    api_url: str, token: str, repository: str, number: int, deadline: Deadline
) -> Comments:
    """Raises UsageError where there is no token.

    PyGithub's import takes a quarter of a second: only who comments pays for it.
    """
    from ci_tokengate.adapters.github_comments import GitHubComments

    secret = one_line_secret(token, "github-token")
    if not secret:
        raise UsageError(
            "There is no token to comment with.",
            hint="Give github-token, with `permissions: pull-requests: write` on the job.",
        )
    api_url = api_url or "https://api.github.com"
    return GitHubComments(api_url, secret, repository, number, deadline=deadline, clock=clock())


def chance() -> float:
    """From 0 to 1, so that jobs that end together do not write together."""
    return random.random()  # noqa: S311 - no secret depends on it
