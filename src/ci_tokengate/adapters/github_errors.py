"""What PyGithub raises, as one of our errors, and how long to wait before asking again.

Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import github
import requests

from ci_tokengate.adapters.http import pauses
from ci_tokengate.errors import TokengateError, UndecidedError, UsageError
from ci_tokengate.render.words import count

_SECONDARY = 5.0
"""Seconds to wait for a secondary limit that names no time."""


NONSENSE = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    AssertionError,
    RuntimeError,
    github.BadAttributeException,
)
"""What PyGithub raises of an answer that is not GitHub's: no JSON, another form, another host's address."""


def pause(
    error: github.GithubException, attempt: int, now: datetime, *, repeatable: bool
) -> float | None:
    """Seconds until the same may be asked again, None for never.

    A limit's refusal had no effect; a 5xx may have had one, so only what is repeatable is repeated.
    """
    if is_limit(error):
        return _until_free(error, now)
    return 0.5 * attempt if error.status >= 500 and repeatable else None


def is_limit(error: github.GithubException) -> bool:
    headers = _headers(error)
    spent = headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers
    return error.status == 429 or (
        error.status == 403 and (spent or "rate limit" in _said(error).lower())
    )


def meaning(error: github.GithubException, doing: str, now: datetime) -> TokengateError:
    """The error that a user of ours sees; `doing` says what was asked, of what."""
    said = _said(error)
    if is_limit(error):
        minutes = round(_until_free(error, now) / 60)
        later = f" for {count(minutes, 'more minute')}" if minutes else ""
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
    if error.status == 401:
        return UsageError(
            f"GitHub does not know the token, while {doing} (HTTP 401: {said}).",
            hint="A job's own token ends with the job; give github-token one that is valid.",
        )
    if error.status == 403:
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


def broken(error: Exception, doing: str) -> UndecidedError:
    """Where no whole answer came, or one that GitHub would not give."""
    if isinstance(error, requests.RequestException):
        return UndecidedError(
            f"GitHub broke off, while {doing} ({type(error).__name__}).",
            hint="Is its API reachable from this runner? Run the job again.",
        )
    return UndecidedError(
        f"GitHub's answer makes no sense, while {doing} ({type(error).__name__}).",
        hint="Is GITHUB_API_URL the address of GitHub's API, and does nothing answer in its place?",
    )


def _until_free(error: github.GithubException, now: datetime) -> float:
    """Seconds: as Retry-After says, else until the primary limit is reset."""
    headers = _headers(error)
    asked, reset = (
        pauses.asked(headers.get("retry-after", "")),
        headers.get("x-ratelimit-reset", ""),
    )
    if asked is not None:
        return asked
    if headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(float(reset) - now.timestamp(), 1.0)
    return _SECONDARY


def _headers(error: github.GithubException) -> dict[str, str]:
    return {str(k).lower(): str(v) for k, v in (error.headers or {}).items()}


def _said(error: github.GithubException) -> str:
    """REST says it at the top, GraphQL in the first of its errors."""
    data: Any = error.data
    if isinstance(data, dict) and isinstance(data.get("errors"), list) and "message" not in data:
        data = next(iter(data["errors"]), None)
    text = data.get("message") if isinstance(data, dict) else ""
    return " ".join(str(text or "no reason given").split())[:200]
