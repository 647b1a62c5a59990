"""The total time of one command."""

from __future__ import annotations

import time

from ci_tokengate.errors import DeadlineError


class Deadline:
    """The total time of one command, in seconds from its creation."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        return self._end - time.monotonic()

    def at_least(self, seconds: float) -> Deadline:
        """Itself, or a new one where less is left: for ending what was begun, whatever the time."""
        return self if self.remaining() >= seconds else Deadline(seconds)

    def check(self, doing: str) -> float:
        """Seconds left. Raises DeadlineError when there are none."""
        left = self.remaining()
        if left <= 0:
            raise DeadlineError(
                f"Gave up after {self.seconds:g} s, while {doing}.",
                hint="The server is too slow or hangs; ask whoever runs it, or raise --timeout.",
            )
        return left
