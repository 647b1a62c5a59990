"""An exception to a team's budget: reviewed data with a window, never a switch that somebody flips.

What is in force follows from the exemptions and the time alone. So an end that nobody attended, two
windows that overlap and a plan that was changed in between need no rule of their own: whoever asks
next gets the right answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.money import exact_sum
from ci_tokengate.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class ExemptionRules:
    """Who may agree, and how far one may go: USD above the hard stop, and days.

    `environment`: letting a job into this protected environment is to agree, as a review is.
    """

    approvers: Sequence[str] = ()
    environment: str = ""
    max_extra: Decimal | None = None
    max_days: int = 14


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """USD, UTC; the window is from `starts_at` up to and without `ends_at`.

    `use_case` empty: any of the team's. `name` tells it apart: the file's, without its ending.
    `requested_by` is a login at the code host.
    """

    name: str
    team: str
    extra: Decimal
    starts_at: datetime
    ends_at: datetime
    reason: str
    requested_by: str
    use_case: str = ""
    ticket: str = ""
    source: str = ""

    def in_force(self, now: datetime) -> bool:
        return self.starts_at <= now < self.ends_at

    def covers(self, team: str, use_case: str) -> bool:
        return self.team == team and self.use_case in ("", use_case)


@dataclass(frozen=True, kw_only=True)
class Granted:
    """What a base branch grants. `troubles`: files that are no exemptions, a sentence each."""

    exemptions: tuple[Exemption, ...] = ()
    troubles: tuple[str, ...] = ()


class Phase(Enum):
    """Where an exemption stands."""

    AHEAD = "ahead"
    IN_FORCE = "in force"
    OVER = "over"


def phase_of(exemption: Exemption, now: datetime) -> Phase:
    if now < exemption.starts_at:
        return Phase.AHEAD
    return Phase.IN_FORCE if now < exemption.ends_at else Phase.OVER


def window(
    first: date | datetime, last: date | datetime, zone: tzinfo
) -> tuple[datetime, datetime]:
    """Start and end in UTC. A date is a whole day of `zone`: from its midnight, to the next one.

    A time without an offset is one of `zone`. Raises UsageError where the window is empty or reversed,
    or at an end of the calendar.
    """
    try:
        starts, ends = _moment(first, zone), _moment(last, zone, whole_day=True)
    except OverflowError as error:
        raise UsageError(
            f"{_said(first)} to {_said(last)} is more than the calendar has.",
            hint="An exemption is for days that somebody will see.",
        ) from error
    if ends <= starts:
        raise UsageError(
            f"The window ends ({_said(last)}) before it begins ({_said(first)}).",
            hint="`until` is the last day, or the moment at which the exemption is over.",
        )
    return starts, ends


def extra_for_use_case(
    exemptions: Iterable[Exemption], *, team: str, use_case: str, now: datetime
) -> Decimal:
    """USD above the hard stop that a job of this team and use case may count on."""
    return exact_sum(e.extra for e in exemptions if e.covers(team, use_case) and e.in_force(now))


def next_change(exemptions: Iterable[Exemption], now: datetime) -> datetime | None:
    """When what is in force changes next; None where it never does."""
    moments = (moment for e in exemptions for moment in (e.starts_at, e.ends_at))
    return min((moment for moment in moments if moment > now), default=None)


def _moment(value: date | datetime, zone: tzinfo, *, whole_day: bool = False) -> datetime:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=zone)
    else:
        midnight = value + timedelta(days=1) if whole_day else value
        aware = datetime.combine(midnight, time.min, tzinfo=zone)
    return aware.astimezone(timezone.utc)


def _said(value: date | datetime) -> str:
    return value.isoformat()
