"""The time, which is passed in."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time in UTC."""
        ...

    def sleep(self, seconds: float) -> None: ...
