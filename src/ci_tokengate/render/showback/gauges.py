"""Bars of spend against plan, on one scale for all teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ci_tokengate.core.policy import Tiers
from ci_tokengate.core.showback.values import TeamFigures
from ci_tokengate.render.showback.phrases import hundredths, money
from ci_tokengate.render.showback.tables import NO_TEAM
from ci_tokengate.render.showback.words import TIER_WORDS

_BEYOND = Decimal("1.1")
"""The scale ends a tenth beyond the hard stop."""


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """Widths are percent of the scale; `soon` is the forecast's, empty where there is none."""

    name: str
    tier: str
    css: str
    soon_css: str
    width: str
    soon: str
    used: str
    spend: str
    of: str


def gauges(teams: Sequence[TeamFigures], bounds: Tiers) -> list[Gauge]:
    return [_gauge(team, bounds) for team in teams]


def scale_of(share: Decimal | None, bounds: Tiers) -> str:
    """Where a percentage of the plan lies."""
    whole = bounds.hard_stop * _BEYOND
    at = Decimal(100) if share is None else share * 100 / whole
    return f"{min(max(at, Decimal(0)), Decimal(100)):.2f}"


def _gauge(team: TeamFigures, bounds: Tiers) -> Gauge:
    found = team.utilisation
    running = found.forecast_percent is not None and found.forecast != found.spend
    forecast = (
        f" · forecast {hundredths(found.forecast_percent)}".replace(" %", "\u00a0%")
        if running
        else ""
    )
    return Gauge(
        name=team.name or NO_TEAM,
        tier=TIER_WORDS[found.tier],
        css=found.tier.value,
        soon_css=found.forecast_tier.value,
        width=scale_of(found.percent, bounds),
        soon=scale_of(found.forecast_percent, bounds) if running else "",
        used=hundredths(found.percent),
        spend=money(found.spend),
        of=f"of {money(found.plan)}{forecast}",
    )
