"""The page's cards: the four numbers at a glance, and how far each budget is used."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.showback.values import (
    PerPull,
    Showback,
    Told,
    by_tier,
    ratio,
)
from ci_tokengate.core.tier import Tier
from ci_tokengate.render.money import percent
from ci_tokengate.render.showback.gauges import gauges, scale_of
from ci_tokengate.render.showback.phrases import (
    change,
    each,
    merged,
    money,
    month_name,
    output,
    share,
)
from ci_tokengate.render.showback.words import (
    TIER_WORDS,
)
from ci_tokengate.render.words import count


def cards(report: Showback) -> dict[str, Any]:
    now, before = report.months[-1], report.months[-2]
    total = report.trust.total
    tiers = [(tier, ratio(tier.cost, total)) for tier in by_tier(report.mix) if tier.cost > 0]
    strong = sum((t.cost for t, _ in tiers if t.tier is ModelTier.STRONG), Decimal(0))
    return {
        "per_merged": each(report.per_pull, report.per_pull.per_merged),
        "merged": merged(report.per_pull),
        "merged_words": _merged_words(report.per_pull),
        "per_merged_change": change(now.per_merged, before.per_merged),
        "spend_change": change(now.spend, before.spend),
        "output_change": change(output(now), output(before)),
        "before": month_name(before.first).split(" ")[0],
        "strong": share(ratio(strong, total)),
        "tiers": [(tier.name, share(part), width(part)) for tier, part in tiers],
    }


def _merged_words(found: PerPull) -> str:
    if found.told is Told.UNKNOWN:
        return "an unknown number merged"
    return f"{merged(found)} merged"


def width(part: Decimal | None) -> str:
    """Percent for a style: between 0 and 100, with two decimals."""
    return f"{min(max((part or Decimal(0)) * 100, Decimal(0)), Decimal(100)):.2f}"


def budget_card(report: Showback, most: int) -> dict[str, Any]:
    planned = [t for t in report.teams if t.utilisation.plan is not None]
    plan = sum((t.utilisation.plan or Decimal(0) for t in planned), Decimal(0))
    used = ratio(sum((t.utilisation.spend for t in planned), Decimal(0)), plan)
    tiers = Counter(t.utilisation.tier for t in report.teams if t.id)
    worst = (Tier.HARD_STOP, Tier.RED, Tier.AMBER, Tier.GREEN, Tier.NONE)
    shown, rest = planned[:most], planned[most:]
    bounds = report.tiers
    begins = [
        f"{word} ({percent(at)})"
        for word, at in (
            ("amber", bounds.amber),
            ("red", bounds.red),
            ("the hard stop", bounds.hard_stop),
        )
    ]
    return {
        "budget": {
            "percent": share(used),
            "plan": money(plan) if planned else "no plan",
            "width": width(used),
            "tiers": [(TIER_WORDS[t], t.value, tiers[t]) for t in worst if tiers[t]],
        },
        "gauges": gauges(shown, bounds),
        "gauges_more": f"And {count(len(rest), 'more team')}; the spreadsheet has them all."
        if rest
        else "",
        "ticks": [scale_of(at, bounds) for at in (bounds.amber, bounds.red, bounds.hard_stop)],
        "thresholds": f"{begins[0]}, {begins[1]} and {begins[2]}",
    }
