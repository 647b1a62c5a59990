"""GitHub's rate limits, as its answers tell them.

Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from ci_tokengate.adapters.http import Answer


def is_limited(answer: Answer) -> bool:
    """By the primary limit or a secondary one, which may be told in words only."""
    spent = answer.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in answer.headers
    return answer.status == 429 or (
        answer.status == 403 and (spent or "rate limit" in answer.text.lower())
    )
