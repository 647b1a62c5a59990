"""Baselines as text: a table, a small plot a team, and the plan that a person would write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ci_tokengate.core.governance.baseline import FULL_DAYS, HIGH, LOW, Baseline, Basis
from ci_tokengate.core.money import plain
from ci_tokengate.render.columns import aligned
from ci_tokengate.render.data import printable
from ci_tokengate.render.money import day, usd
from ci_tokengate.render.words import count

_BLOCKS = "▁▂▃▄▅▆▇█"
_HEAD = ("team", "days", "with spend", "median day", "p95 day", "30 days", "plan")
_MOST = 3


def lines(found: Sequence[Baseline], *, today: date) -> list[str]:
    """For a terminal of 80 columns and more."""
    if not found:
        return ["There is no team to measure."]
    days = found[0].asked_days
    span = f"{day(today - timedelta(days=days))} to {day(today - timedelta(days=1))}"
    told = [f"What teams spent in the {days} days from {span} (UTC), as the proxy says.", ""]
    told += aligned([_HEAD, *map(_row, found)], right=range(1, len(_HEAD)))
    for baseline in found:
        told += ["", f"{printable(baseline.team)}  {_plot(baseline, today)}", *_remarks(baseline)]
    percent = f"{LOW:f}–{HIGH:f} %"
    told += ["", f"A plan is {percent} of the baseline: what a team spends unhindered stays green."]
    return told


def as_json(found: Sequence[Baseline]) -> list[dict[str, Any]]:
    return [
        {
            "team": b.team,
            "basis": b.basis.value,
            "days_asked": b.asked_days,
            "days_observed": b.observed,
            "days_with_spend": b.with_spend,
            "total_usd": plain(b.total),
            "median_day_usd": _short(b.median),
            "p95_day_usd": _short(b.p95),
            "monthly_usd": _short(b.period),
            "monthly_without_outliers_usd": _short(b.period_without),
            "outliers": [{"day": f"{d}", "usd": plain(amount)} for d, amount in b.outliers],
            "plan_low_usd": plain(b.recommended[0]) if b.recommended else None,
            "plan_high_usd": plain(b.recommended[1]) if b.recommended else None,
            "days": {f"{d}": plain(amount) for d, amount in b.spend.items()},
        }
        for b in found
    ]


def _short(amount: Decimal) -> str:
    """A quotient has no last digit."""
    return plain(amount.quantize(Decimal("1e-10")))


def _row(b: Baseline) -> tuple[str, ...]:
    if b.basis is Basis.NONE:
        return (printable(b.team), "0", "0", "–", "–", "–", "–")
    plan = "–"
    if b.recommended:
        low, high = b.recommended
        plan = usd(low) if low == high else f"{usd(low)} – {usd(high)}"
    figures = (usd(b.median), usd(b.p95), usd(b.period))
    return (printable(b.team), f"{b.observed}", f"{b.with_spend}", *figures, plan)


def _plot(b: Baseline, today: date) -> str:
    """A block a day, the highest day full; a day without spend is a dot."""
    top = max(b.spend.values(), default=Decimal(0))
    amounts = [
        b.spend.get(today - timedelta(days=i), Decimal(0)) for i in range(b.asked_days, 0, -1)
    ]
    return "".join(
        _BLOCKS[min(int(a / top * len(_BLOCKS)), len(_BLOCKS) - 1)] if a > 0 else "·"
        for a in amounts
    )


def _remarks(b: Baseline) -> list[str]:
    told = []
    if b.basis is Basis.NONE:
        told.append("nothing was spent: there is no plan to recommend")
    elif b.basis is Basis.WEEK:
        told.append(f"first spend {count(b.observed, 'day')} ago: no plan from less than a week")
    elif b.basis is Basis.SHORT:
        told.append(
            f"{b.observed} of {FULL_DAYS} days: month ends and releases may be "
            "missing, so take the upper figure and observe on"
        )
    named = [f"{day(d)} {usd(amount)}" for d, amount in b.outliers[:_MOST]]
    if named:
        more = f" and {len(b.outliers) - _MOST} more" if len(b.outliers) > _MOST else ""
        told.append(
            f"out of the ordinary: {', '.join(named)}{more}; "
            f"without: {usd(b.period_without)} in 30 days"
        )
    return [f"  {line}" for line in told]
