"""What GitHub says of who agreed to a pull request, and of who wrote it, as ours.

Source: https://docs.github.com/rest/pulls/reviews, …/pulls/pulls (commits of one),
…/actions/workflow-runs (review history)
"""

from __future__ import annotations

from typing import Any

from github.PullRequest import PullRequest
from github.PullRequestReview import PullRequestReview

from ci_tokengate.core.governance.approval import Review, Stand

_STANDS = {
    "APPROVED": Stand.APPROVED,
    "CHANGES_REQUESTED": Stand.REFUSED,
    "DISMISSED": Stand.DISMISSED,
    "COMMENTED": Stand.COMMENTED,
}


def writers_of(pull: PullRequest) -> frozenset[str]:
    """A commit with two parents brings the base in; one of nobody that GitHub knows names nobody."""
    written = (c for c in pull.get_commits() if len(c.parents) < 2)
    return frozenset(c.author.login for c in written if c.author)


def admission_of(told: dict[str, Any], head: str) -> Review:
    stand = Stand.APPROVED if told["state"] == "approved" else Stand.REFUSED
    return Review(login=str(told["user"]["login"]), stand=stand, commit=head)


def review_of(review: PullRequestReview) -> Review | None:
    """None for one that was never submitted."""
    stand = _STANDS.get(review.state)
    if stand is None or review.user is None:
        return None
    return Review(
        login=review.user.login, stand=stand, commit=review.commit_id or "", at=review.submitted_at
    )
