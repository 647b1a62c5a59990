"""What a team spends when nothing stops it, and the plan that follows (USD).

A plan set from less than a full baseline blocks legitimate work. The rule of thumb of the field is
60 days, and a plan of 130 to 150 % of what was spent in them, which leaves a healthy team green.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from enum import Enum

from ci_tokengate.core.money import exact_sum

FULL_DAYS = 60
LOW, HIGH = Decimal(130), Decimal(150)
"""Percent of the baseline."""
PERIOD_DAYS = Decimal(30)
_FEW = 8
"""Days with spend below which a quartile says nothing, so that no day is called an outlier."""
_FAR = 3
_WEEK = 7


class Basis(Enum):
    """How much there is to go by."""

    FULL = "full"
    SHORT = "short"
    WEEK = "less than a week"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """One team's, over complete days from its first spend in the window on. USD, UTC days.

    `observed` counts those days, `with_spend` those of them that had any; median and p95 are of the
    latter. `period` is the mean of all observed days (nights and weekends are part of a month) times
    30. `outliers`: days far out (beyond three quartile ranges above the upper quartile), dearest
    first; `period_without` is the same figure as if they had been like the median day.
    """

    team: str
    asked_days: int
    spend: Mapping[date, Decimal]
    observed: int
    with_spend: int
    median: Decimal
    p95: Decimal
    period: Decimal
    period_without: Decimal
    outliers: tuple[tuple[date, Decimal], ...]

    @property
    def total(self) -> Decimal:
        return exact_sum(self.spend.values())

    @property
    def basis(self) -> Basis:
        if not self.with_spend:
            return Basis.NONE
        if self.observed < _WEEK:
            return Basis.WEEK
        return Basis.FULL if self.observed >= FULL_DAYS else Basis.SHORT

    @property
    def recommended(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest plan (USD per 30 days), rounded up to what a person would write.

        None before there is a week: a plan from less would be made up.
        """
        if self.basis in (Basis.NONE, Basis.WEEK):
            return None
        low, high = (_round_up(self.period * percent / 100) for percent in (LOW, HIGH))
        return low, max(low, high)


def baseline_of(team: str, spend: Mapping[date, Decimal], *, today: date, days: int) -> Baseline:
    """`spend` is USD by UTC day; days of the window that are not in it had none.

    The window is the `days` complete days before `today`; what lies outside of it is left out.
    """
    first = today - timedelta(days=days)
    kept = {d: amount for d, amount in sorted(spend.items()) if first <= d < today}
    begun = min((d for d, amount in kept.items() if amount > 0), default=None)
    observed = (today - begun).days if begun else 0
    amounts = sorted(amount for amount in kept.values() if amount > 0)
    median, p95 = _quantile(amounts, Decimal("0.5")), _quantile(amounts, Decimal("0.95"))
    outliers = _outliers(kept, amounts)
    total = exact_sum(kept.values())
    usual = total - exact_sum(a for _, a in outliers) + median * len(outliers)
    return Baseline(
        team=team,
        asked_days=days,
        spend=kept,
        observed=observed,
        with_spend=len(amounts),
        median=median,
        p95=p95,
        period=_per_period(total, observed),
        period_without=_per_period(usual, observed),
        outliers=outliers,
    )


def _per_period(total: Decimal, observed: int) -> Decimal:
    return total * PERIOD_DAYS / observed if observed else Decimal(0)


def _quantile(ordered: list[Decimal], share: Decimal) -> Decimal:
    """Linear between the two nearest (the usual definition, Hyndman and Fan's seventh)."""
    if not ordered:
        return Decimal(0)
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def _outliers(
    spend: Mapping[date, Decimal], ordered: list[Decimal]
) -> tuple[tuple[date, Decimal], ...]:
    if len(ordered) < _FEW:
        return ()
    lower, upper = _quantile(ordered, Decimal("0.25")), _quantile(ordered, Decimal("0.75"))
    bound = upper + _FAR * (upper - lower)
    far = [(d, amount) for d, amount in spend.items() if amount > max(bound, 2 * upper)]
    return tuple(sorted(far, key=lambda found: (-found[1], found[0])))


def _round_up(amount: Decimal) -> Decimal:
    """To two significant digits, at least to a cent: $742.31 becomes $750, $0.0042 one cent."""
    if amount <= 0:
        return Decimal(0)
    step = max(Decimal(1).scaleb(amount.adjusted() - 1), Decimal("0.01"))
    whole = (amount / step).to_integral_value(ROUND_CEILING) * step
    return whole.quantize(min(step, Decimal(1)), rounding=ROUND_HALF_EVEN)
