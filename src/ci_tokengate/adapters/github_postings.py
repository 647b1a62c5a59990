"""What issues and discussions have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ci_tokengate.errors import UsageError

_T = TypeVar("_T")


def same_text(there: str, body: str) -> bool:
    """GitHub may end lines its own way."""
    return [line.rstrip() for line in there.strip().splitlines()] == [
        line.rstrip() for line in body.strip().splitlines()
    ]


def permitted(what: str, call: Callable[[], _T]) -> _T:
    """A refusal names the permission that this needs."""
    try:
        return call()
    except UsageError as error:
        hint = f"The job needs `permissions: {what}: write`, and {what} switched on there."
        raise UsageError(error.message, hint=hint) from error
