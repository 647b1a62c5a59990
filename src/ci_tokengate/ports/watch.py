"""What the early warning reads of a proxy's log, where it remembers, and where it tells.

Money is USD, times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from ci_tokengate.core.postings import Posted
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.core.watch.alert import Alert, Raised
from ci_tokengate.core.watch.incident import Incident, Memory


class TeamLog(Protocol):
    """The log of one team at a time; may be asked from several threads at once.

    Every call may raise ProxyUnavailableError, DeadlineError or CredentialError.
    """

    def rows(
        self, team_id: str, *, since: datetime, until: datetime, part: str = ""
    ) -> Iterator[UsageRow]:
        """All from `since` up to and without `until`, oldest first, read as they are consumed.

        `part` stands anywhere in the alias, to the letter.
        """
        ...

    def dearest(
        self, team_id: str, *, since: datetime, until: datetime, most: int
    ) -> Sequence[UsageRow]:
        """The dearest `most` of the same."""
        ...


class AlertBook(Protocol):
    """What was found, and who is still owed the telling. Watchers may be many and at once.

    Every call may raise UsageError or UndecidedError.
    """

    def raised(self) -> Sequence[Raised]:
        """All that it remembers; `sinks` may be left out."""
        ...

    def put(self, alerts: Sequence[Alert], sinks: Sequence[str]) -> None:
        """Alerts whose key is not there yet; and each of `sinks` is owed them, once."""
        ...

    def take(self, sink: str) -> Sequence[Alert]:
        """What `sink` is owed, oldest first. For the next minutes nobody else is given the same.

        What nobody could tell for a week is no news any more, and left out.
        """
        ...

    def settle(self, alert: Alert, sink: str, *, told: bool) -> None:
        """After `take`: it was told, or is still owed."""
        ...


class IncidentBoard(Protocol):
    """Issues of this token's own author, one for each team and incident.

    Every call may raise UsageError (no permission, no such place) or UndecidedError.
    """

    def incidents(self) -> Sequence[Incident]: ...

    def open(self, title: str, text: str, memory: Memory) -> Posted: ...

    def edit(
        self, incident: Incident, title: str, text: str, memory: Memory, *, closed: bool
    ) -> Posted: ...
