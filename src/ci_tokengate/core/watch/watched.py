"""What one look at all teams found. USD, UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ci_tokengate.core.governance.spike import Reading, Spike, WatchRules
from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.alert import Alert
from ci_tokengate.core.watch.breakdown import Breakdown
from ci_tokengate.core.watch.cause import Cause
from ci_tokengate.errors import TokengateError


@dataclass(frozen=True, kw_only=True)
class TeamWatch:
    """One team's day and tier.

    `exact` False: today is at most, and the mean at least, what `day` says; which was enough to know
    that it is usual. `spend` is of the budget period, None where the proxy tells none. `exempted` is
    what exemptions add to the hard stop at the moment.
    """

    team: str
    team_id: str
    day: Spike
    exact: bool = True
    tier: Tier = Tier.NONE
    spend: Decimal | None = None
    plan: Decimal | None = None
    hard_stop: Decimal | None = None
    resets_at: datetime | None = None
    exempted: Decimal = Decimal(0)
    breakdown: Breakdown | None = None
    cause: Cause | None = None

    @property
    def spikes(self) -> bool:
        """What is not known exactly is no alarm."""
        return self.exact and self.day.reading is Reading.SPIKE

    @property
    def unknown(self) -> bool:
        """It could be out of the ordinary, and the log that would tell was not to be read."""
        return not self.exact and self.day.reading is Reading.SPIKE


@dataclass(frozen=True, kw_only=True)
class Watched:
    """`judged` False: it is too early in the day to say whether it is out of the ordinary.

    `observing`: the policy observes, so that nothing is blocked. `alerts` are those that are new; `current` all that are so now, for a sink that has not been told.
    `troubles` kept something from being seen, and no team from being looked at.
    """

    proxy: str
    zone: str
    at: datetime
    day: date
    rules: WatchRules
    judged: bool
    observing: bool = False
    teams: tuple[TeamWatch, ...]
    alerts: tuple[Alert, ...] = ()
    current: tuple[Alert, ...] = ()
    troubles: tuple[TokengateError, ...] = ()

    def shows(self, team: TeamWatch) -> bool:
        """A spike is one as soon as the day is judged."""
        return self.judged and team.spikes

    @property
    def spiking(self) -> Sequence[TeamWatch]:
        return [team for team in self.teams if self.shows(team)]
