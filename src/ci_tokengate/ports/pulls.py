"""The pull requests of a code host, as whoever collects them sees them. Times are UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from ci_tokengate.core.ledger.records import PullRecord


class PullHistory(Protocol):
    """Every call may raise UsageError (the token) or UndecidedError (limits, outages)."""

    @property
    def host(self) -> str:
        """The server's name, such as `github.com`."""
        ...

    def name_of(self, repository: str) -> str | None:
        """Its name today: another where it was renamed or transferred. None where it is gone.

        Also None where the token may not see it: the code host makes no difference.
        """
        ...

    def pulls_since(self, repository: str, since: datetime | None) -> Iterator[PullRecord]:
        """Those updated at or after `since`, the latest first, without their owners."""
        ...

    def changed_files(self, repository: str, number: int) -> Iterator[str]:
        """Paths, as far as the code host tells: GitHub lists 3,000."""
        ...
