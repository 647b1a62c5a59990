"""What PyGithub raises, as one of our errors, and how long to wait before asking again.

Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import time
from typing import Any

import github

from ci_tokengate.errors import TokengateError, UndecidedError, UsageError

_SECONDARY = 5.0
"""Seconds to wait for a secondary limit that names no time."""


def pause(error: github.GithubException, attempt: int, *, repeatable: bool) -> float | None:
    """Seconds until the same may be asked again, None for never.

    A limit's refusal had no effect; a 5xx may have had one, so only what is repeatable is repeated.
    """
    if is_limit(error):
        return _until_free(error)
    return 0.5 * attempt if error.status >= 500 and repeatable else None


def is_limit(error: github.GithubException) -> bool:
    headers = _headers(error)
    spent = headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers
    return error.status == 429 or (
        error.status == 403 and (spent or "rate limit" in _said(error).lower())
    )


def meaning(error: github.GithubException, doing: str) -> TokengateError:
    """The error that a user of ours sees; `doing` says what was asked, of what."""
    said = _said(error)
    if is_limit(error):
        minutes = int(_until_free(error) // 60)
        later = f" for {minutes} more minutes" if minutes else ""
        return UndecidedError(
            f"GitHub limits the rate of requests{later}, while {doing} (HTTP {error.status}).",
            hint="GitHub counts requests by token; a later job, or `mode: settle`, will do it.",
        )
    if error.status in (404, 410):
        return UsageError(
            f"GitHub finds nothing, while {doing} (HTTP {error.status}).",
            hint="Is the number right, and may the token see the repository?",
        )
    if error.status == 403 and "locked" in said.lower():
        return UsageError(
            f"The conversation is locked, while {doing}.",
            hint="The figure is in the step summary; unlock the conversation to have the comment.",
        )
    if error.status in (401, 403):
        return UsageError(
            f"GitHub refused, while {doing} (HTTP {error.status}: {said}).",
            hint="The job needs `permissions: pull-requests: write`.",
        )
    if error.status >= 500:
        return UndecidedError(
            f"GitHub failed, while {doing} (HTTP {error.status}).",
            hint="Its API is unwell; a later job, or `mode: settle`, will do it.",
        )
    return UsageError(f"GitHub refused, while {doing} (HTTP {error.status}: {said}).")


def _until_free(error: github.GithubException) -> float:
    """Seconds: as Retry-After says, else until the primary limit is reset."""
    headers = _headers(error)
    after, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if after.isascii() and after.isdigit():
        return float(after)
    if headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(float(reset) - time.time(), 1.0)
    return _SECONDARY


def _headers(error: github.GithubException) -> dict[str, str]:
    return {str(k).lower(): str(v) for k, v in (error.headers or {}).items()}


def _said(error: github.GithubException) -> str:
    data: Any = error.data
    text = data.get("message") if isinstance(data, dict) else ""
    return " ".join(str(text or "no reason given").split())[:200]
