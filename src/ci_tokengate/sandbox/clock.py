"""Time is passed in. Durations as the proxy writes them: 30s, 5m, 1h, 1d, 1w, 1mo."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from ci_tokengate.sandbox.refusals import error

Clock = Callable[[], datetime]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "mo": 30 * 86400}


class WallClock:
    """The time of day, which a test can move forward."""

    def __init__(self) -> None:
        self._offset = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(timezone.utc) + self._offset

    def advance(self, by: timedelta) -> None:
        self._offset += by


def lifetime(text: str) -> timedelta:
    """A duration; what cannot be read is a 500, not a 400."""
    found = re.match(r"(\d+)(mo|[smhdw]?)", text)
    if found is None:
        raise error(500, "Invalid duration format")
    if not found.group(2):
        raise error(500, f"Unsupported duration unit, passed duration: {text}")
    return timedelta(seconds=int(found.group(1)) * _SECONDS[found.group(2)])


def next_reset(duration: str, now: datetime) -> datetime:
    """When a team's budget is renewed: 30d and 1mo keep to the calendar month."""
    if duration not in ("30d", "1mo"):
        return now + lifetime(duration)
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def zulu(moment: datetime | None, timespec: str = "microseconds") -> str | None:
    """`2026-11-23T19:50:54.049440Z`, as most answers have it."""
    return None if moment is None else moment.isoformat(timespec=timespec)[:-6] + "Z"


def offset(moment: datetime | None) -> str | None:
    """`2026-11-23T19:50:54.049000+00:00`, as `/key/info` has it."""
    return None if moment is None else milliseconds(moment).isoformat(timespec="microseconds")
