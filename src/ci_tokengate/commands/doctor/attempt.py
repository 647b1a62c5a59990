"""Trying to find something out: a value, or the line that says why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ci_tokengate.core.check import Check, fail, unknown
from ci_tokengate.errors import TokengateError, UsageError

_T = TypeVar("_T")


def attempt(subject: str, find_out: Callable[[], _T]) -> _T | Check:
    """What is wrong is ✖, what nobody could tell is ?."""
    try:
        return find_out()
    except TokengateError as error:
        return trouble(subject, error)


def trouble(subject: str, error: TokengateError) -> Check:
    line = fail if isinstance(error, UsageError) else unknown
    return line(subject, error.message, error.hint)
