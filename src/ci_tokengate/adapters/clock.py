"""The machine's clock."""

from __future__ import annotations

import time
from datetime import datetime, timezone


class SystemClock:
    """Implements ports.Clock."""

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
