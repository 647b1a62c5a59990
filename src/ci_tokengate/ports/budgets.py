"""Teams' budgets at a proxy, as whoever may change them sees them. Money is USD, days are UTC.

Every call may raise ProxyUnavailableError, DeadlineError or CredentialError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from ci_tokengate.core.governance.team import TeamChange, TeamRecord

Progress = Callable[[int, int], None]
"""Told how many of how many parts are done."""


class TeamBudgets(Protocol):
    def teams(self) -> Sequence[TeamRecord]:
        """All of them. Raises UsageError where the credential may not see them."""
        ...

    def daily_spend(
        self, first: date, last: date, *, progress: Progress
    ) -> Mapping[str, Mapping[date, Decimal]]:
        """By team id and UTC day, both ends included; days without spend may be left out."""
        ...

    def set_budget(self, change: TeamChange) -> None:
        """Brings one team to `change.desired`; what others wrote in its metadata stays.

        Raises UndecidedError where the proxy says afterwards that it is not so.
        """
        ...
