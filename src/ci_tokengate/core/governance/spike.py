"""Is today out of the ordinary? Today so far against the mean of the seven complete days before.

The definition is the article's: three times the mean of the prior seven days, above a floor. Each
thin case has an outcome of its own, and none of them is an alarm: an alert that cries wolf is muted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.money import exact_sum

DAYS = 7


class Reading(Enum):
    """What today is, held against the days before."""

    SPIKE = "spike"
    USUAL = "usual"
    BELOW_FLOOR = "below the floor"
    TOO_NEW = "fewer than seven complete days since its first spend"
    NO_BASELINE = "nothing was spent in the seven days before"


@dataclass(frozen=True, kw_only=True)
class SpikeRule:
    """Fires at `factor` times the mean, and at `floor` USD at the least."""

    factor: Decimal = Decimal(3)
    floor: Decimal = Decimal(20)


@dataclass(frozen=True, kw_only=True)
class WatchRules:
    """From `hour` o'clock on, in the policy's zone, a day is judged."""

    spike: SpikeRule = field(default_factory=SpikeRule)
    hour: int = 16


@dataclass(frozen=True, kw_only=True)
class Spike:
    """USD. `mean` is that of the seven days, None where there are no seven."""

    team: str
    day: date
    today: Decimal
    mean: Decimal | None
    reading: Reading

    @property
    def times(self) -> Decimal | None:
        """Today as a multiple of the mean; None where that is nothing."""
        return self.today / self.mean if self.mean else None


def read_day(team: str, spend: Mapping[date, Decimal], *, day: date, rule: SpikeRule) -> Spike:
    """`spend` is USD by local day, `day` the one that is still going on; days without any are zero.

    A negative day is a correction and counts as nothing: what was booked back is no reason to be
    alarmed about what is usual.
    """
    today = max(spend.get(day, Decimal(0)), Decimal(0))
    first = min((d for d, amount in spend.items() if amount > 0 and d < day), default=None)
    if first is None or (day - first).days < DAYS:
        return Spike(team=team, day=day, today=today, mean=None, reading=_thin(first, spend, day))
    before = [day - timedelta(days=i) for i in range(1, DAYS + 1)]
    mean = exact_sum(max(spend.get(d, Decimal(0)), Decimal(0)) for d in before) / DAYS
    return Spike(team=team, day=day, today=today, mean=mean, reading=_reading(today, mean, rule))


def _thin(first: date | None, spend: Mapping[date, Decimal], day: date) -> Reading:
    return Reading.TOO_NEW if first or spend.get(day, Decimal(0)) > 0 else Reading.NO_BASELINE


def _reading(today: Decimal, mean: Decimal, rule: SpikeRule) -> Reading:
    if mean == 0:
        return Reading.NO_BASELINE
    if today < mean * rule.factor:
        return Reading.USUAL
    return Reading.SPIKE if today >= rule.floor else Reading.BELOW_FLOOR
