"""A proxy's whole log, as whoever collects it sees it. Money is USD, times and days are UTC.

Every call may raise ProxyUnavailableError, DeadlineError or CredentialError.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from ci_tokengate.core.ledger.keys import KeyFacts
from ci_tokengate.core.ledger.records import TeamDay
from ci_tokengate.core.ledger.sources import Sight, TeamFacts
from ci_tokengate.core.usage import UsageRow


class SpendLog(Protocol):
    @property
    def proxy(self) -> str:
        """The proxy's bare address: its name in a ledger."""
        ...

    def sight(self) -> Sight: ...

    def rows(self, day: date) -> Iterator[UsageRow]:
        """All of a day, oldest first, with what is known of how they came to their spend."""
        ...

    def rows_of(self, prefix: str, *, since: datetime, part: str = "") -> Iterator[UsageRow]:
        """The same of keys whose alias starts with `prefix` and has `part` in it, from `since` on."""
        ...

    def row_count(self, day: date) -> int:
        """A number that each new row of the day makes larger, and each deleted one smaller."""
        ...

    def team_days(self, day: date) -> Sequence[TeamDay]:
        """What the proxy says that each team spent on a day. Only whoever sees all may ask."""
        ...

    def teams(self) -> Sequence[TeamFacts]:
        """All of them. Only whoever sees all may ask."""
        ...

    def team(self, team_id: str) -> TeamFacts | None:
        """None for one that the credential may not see, or that is not there."""
        ...

    def newest_keys(self) -> Iterator[KeyFacts]:
        """Keys, living and deleted, by their making, the newest first; read as it is consumed."""
        ...

    def key(self, key_id: str) -> KeyFacts | None:
        """None for one that the proxy does not remember, or does not show."""
        ...
