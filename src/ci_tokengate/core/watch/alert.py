"""What is told, once: a day out of the ordinary by team and day, a tier by team, tier and period.

An alert's key says what it is about, so that whoever finds the same thing again, on whatever machine,
knows that it was told. USD, UTC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.breakdown import Breakdown
from ci_tokengate.core.watch.cause import Cause

SPIKE = "spike"
ENDLESS = "always"
"""The period of a budget that is never renewed."""
_RANK = {Tier.GREEN: 0, Tier.AMBER: 1, Tier.RED: 2, Tier.HARD_STOP: 3}
_KIND = "tier-"
ABOVE_GREEN = (Tier.AMBER, Tier.RED, Tier.HARD_STOP)


@dataclass(frozen=True, kw_only=True, order=True)
class AlertKey:
    """`period` is the local day of a spike, and of a tier the end of the budget period."""

    proxy: str
    team_id: str
    kind: str
    period: str

    @property
    def id(self) -> str:
        """The same on every machine: what a receiver knows a repetition by."""
        text = "\n".join((self.proxy, self.team_id, self.kind, self.period))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class Raised:
    """That an alert was raised, and which sinks are owed it or were told; all that has to be remembered."""

    key: AlertKey
    at: datetime
    sinks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SpikeAlert:
    """Today so far against the mean of the seven days before, as of `at`.

    `breakdown` and `cause` are None where nobody could say what it is made of.
    """

    type: Literal["spike"] = "spike"
    key: AlertKey
    team: str
    at: datetime
    day: date
    zone: str
    today: Decimal
    mean: Decimal
    factor: Decimal
    breakdown: Breakdown | None = None
    cause: Cause | None = None

    @property
    def times(self) -> Decimal:
        return self.today / self.mean


@dataclass(frozen=True, kw_only=True)
class TierAlert:
    """`before` is the tier that was told last. `exempted` is what exemptions add to the hard stop.

    `observing`: the policy observes, so that nothing is blocked.
    """

    type: Literal["tier"] = "tier"
    key: AlertKey
    team: str
    at: datetime
    tier: Tier
    before: Tier
    spend: Decimal
    plan: Decimal
    hard_stop: Decimal
    resets_at: datetime | None = None
    exempted: Decimal = Decimal(0)
    observing: bool = False


Alert = SpikeAlert | TierAlert


def spike_key(proxy: str, team_id: str, day: date) -> AlertKey:
    return AlertKey(proxy=proxy, team_id=team_id, kind=SPIKE, period=f"{day}")


def tier_key(proxy: str, team_id: str, tier: Tier, resets_at: datetime | None) -> AlertKey:
    """A period is known by the UTC day that it ends on."""
    period = f"{resets_at:%Y-%m-%d}" if resets_at else ENDLESS
    return AlertKey(proxy=proxy, team_id=team_id, kind=f"{_KIND}{tier.value}", period=period)


def told_tier(raised: Sequence[Raised], proxy: str, team_id: str) -> Tier:
    """The tier that this team was told last; green where none was."""
    of_team = [
        r
        for r in raised
        if (r.key.proxy, r.key.team_id) == (proxy, team_id) and r.key.kind.startswith(_KIND)
    ]
    last = max(of_team, key=lambda r: r.at, default=None)
    return Tier(last.key.kind.removeprefix(_KIND)) if last else Tier.GREEN


def is_news(key: AlertKey, tier: Tier, told: Tier, raised: Iterable[Raised]) -> bool:
    """Not told in this period yet. Green is news only to who was told of something else.

    A tier that was told in the period before is told again: it is another budget.
    """
    if tier is Tier.NONE or (tier is Tier.GREEN and told is Tier.GREEN):
        return False
    return all(r.key != key for r in raised)


def is_better(alert: TierAlert) -> bool:
    return _RANK[alert.tier] < _RANK[alert.before]
