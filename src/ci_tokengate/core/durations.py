"""Lifetimes as people write them: `90s`, `30m`, `1h`."""

from __future__ import annotations

import re
from datetime import timedelta

from ci_tokengate.errors import UsageError

_DURATION = re.compile(r"(\d{1,6})(s|m|h)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def parse_duration(text: str, what: str) -> timedelta:
    """A lifetime longer than zero. Raises UsageError that names `what`, for `30 minutes` and the like."""
    match = _DURATION.fullmatch(text.strip())
    if not match or int(match[1]) == 0:
        shown = text if len(text) <= 40 else text[:39] + "…"
        raise UsageError(
            f"{what} is {shown!r}, which is not a duration.",
            hint="Write a whole number and s, m or h: 90s, 30m, 1h.",
        )
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


def compact(span: timedelta) -> str:
    """The shortest of the forms that `parse_duration` reads: `30m`, `1h`, `90s`."""
    seconds = int(span.total_seconds())
    if seconds % 3600 == 0:
        return f"{seconds // 3600}h"
    return f"{seconds // 60}m" if seconds % 60 == 0 else f"{seconds}s"
