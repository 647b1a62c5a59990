"""Sheets of teams and time: cost per merged pull request, trend, budgets."""

from __future__ import annotations

from collections.abc import Sequence

from ci_tokengate.core.showback.values import Period, TeamFigures, Told
from ci_tokengate.render.showback.phrases import UNKNOWN
from ci_tokengate.render.showback.sheets.form import Cell, Chart, Sheet, hundredth, name_cell
from ci_tokengate.render.showback.tables import NO_TEAM
from ci_tokengate.render.showback.words import TIER_WORDS


def per_pull_sheet(teams: Sequence[TeamFigures]) -> Sheet:
    head = ("Team", "Spend", "Merged", "Merged with AI", "Per merged PR", "Attributed only")
    return Sheet(
        name="Cost per merged PR",
        head=(*head, "Net of reverted", "Abandoned", "Merged is"),
        rows=[_team(team) for team in teams],
        usd=(1, 4, 5, 6),
        percent=(7,),
        chart=Chart(kind="column", title="Cost per merged pull request, USD", columns=(4,)),
    )


def _team(team: TeamFigures) -> list[Cell]:
    found, name = team.per_pull, name_cell(team.name, NO_TEAM)
    if found.told is Told.UNKNOWN:
        return [name, found.spend, *[UNKNOWN] * 6, found.told.value]
    return [
        name,
        found.spend,
        found.merged,
        found.assisted,
        found.per_merged,
        found.per_merged_attributed,
        found.per_standing,
        found.abandoned_share,
        found.told.value,
    ]


def trend_sheet(name: str, periods: Sequence[Period]) -> Sheet:
    """Where nobody looked for merged ones there is nothing to draw: the cells are empty."""
    return Sheet(
        name=name,
        head=("Period", "Spend", "Merged", "Per merged PR", "Spend index", "Output index"),
        rows=[
            [p.label, p.spend, p.merged, p.per_merged, p.spend_index, p.output_index]
            for p in periods
        ],
        usd=(1, 3),
        chart=Chart(kind="line", title="Spend against output, both from 100", columns=(4, 5)),
    )


def budget_sheet(teams: Sequence[TeamFigures]) -> Sheet:
    head = ("Team", "Tier", "Spend", "Plan", "Used", "Forecast", "Forecast of plan", "Method")
    return Sheet(
        name="Budgets",
        head=head,
        rows=[
            [
                name_cell(t.name, NO_TEAM),
                TIER_WORDS[t.utilisation.tier],
                t.utilisation.spend,
                t.utilisation.plan,
                hundredth(t.utilisation.percent),
                t.utilisation.forecast,
                hundredth(t.utilisation.forecast_percent),
                t.utilisation.method,
            ]
            for t in teams
        ],
        usd=(2, 3, 5),
        percent=(4, 6),
        chart=Chart(kind="bar", title="Spent, and forecast, of the plan", columns=(4, 6)),
    )
