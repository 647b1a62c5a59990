"""Clocks for tests."""

from __future__ import annotations

from datetime import datetime


class At:
    """A clock that stands, until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def sleep(self, _seconds: float) -> None:
        """Nothing here waits."""
