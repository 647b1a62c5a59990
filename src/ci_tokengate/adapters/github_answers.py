"""What GitHub's plain answers mean: refusals, limits, a repository that has moved, rules of a branch.

Source: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api, …/rest/repos/rules
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ci_tokengate.adapters.github_limits import is_limited
from ci_tokengate.adapters.http import Answer
from ci_tokengate.core.policy_place import BranchRule
from ci_tokengate.errors import MovedError, UndecidedError, UsageError

_MOVED = (301, 302, 307, 308)


def check(answer: Answer, url: str, doing: str) -> None:
    """Raises what an answer means that is no success."""
    if answer.status == 200:
        return
    if is_limited(answer):
        raise UndecidedError(
            f"{url} limits the rate of requests, while {doing} (HTTP {answer.status}).",
            hint="Run the job again later; GitHub counts requests by token.",
        )
    if answer.status in _MOVED and "/repositories/" in answer.headers.get("location", ""):
        raise MovedError(
            f"{url} has the repository under another name, while {doing} (HTTP {answer.status}).",
            hint="It was renamed or moved: give its present name (--repository, "
            "GITHUB_REPOSITORY). What was spent before stands under the old one.",
        )
    if answer.status in (401, 403, 404):
        raise UsageError(
            f"{url} refused, while {doing} (HTTP {answer.status}).",
            hint="The job needs `permissions: contents: read` (and `pull-requests: read` for "
            "comment events), and github-token must be this repository's token.",
        )
    raise UndecidedError(
        f"{url} failed, while {doing} (HTTP {answer.status}).",
        hint="GitHub's API is unwell; run the job again.",
    )


def broken(url: str, doing: str) -> UndecidedError:
    """Where a success is not of the form that it should have."""
    return UndecidedError(
        f"{url} sent no whole answer, while {doing}.",
        hint="GitHub's API is unwell; run the job again.",
    )


def rule_of(entry: Mapping[str, Any]) -> BranchRule:
    """What is not as GitHub describes it asks for nothing."""
    parameters = entry.get("parameters")
    approvals = (
        parameters.get("required_approving_review_count") if isinstance(parameters, dict) else 0
    )
    return BranchRule(
        kind=str(entry.get("type")),
        approvals=approvals if type(approvals) is int else 0,
    )
