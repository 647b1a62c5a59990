"""The sheets of the spreadsheet as values: heads, cells, and which of them a chart draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ci_tokengate.core.showback.values import Period, Showback, TeamFigures, Told, by_tier, ratio
from ci_tokengate.render.data import printable
from ci_tokengate.render.showback.phrases import UNKNOWN
from ci_tokengate.render.showback.tables import NO_CENTER, NO_TEAM, NOT_A_JOB
from ci_tokengate.render.showback.words import TIER_WORDS

_LONGEST = 255
Cell = str | int | Decimal | None
"""None is an empty cell: there is no such figure."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """`kind` as XlsxWriter names it; `columns` are its series, their names the head's."""

    kind: str
    title: str
    columns: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`usd` and `percent` are columns; a percentage is a share of 1. `chart` stands beside the table."""

    name: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    usd: tuple[int, ...] = ()
    percent: tuple[int, ...] = ()
    chart: Chart | None = None


def sheets(report: Showback) -> list[Sheet]:
    """In the order in which they stand in the file."""
    return [
        _per_pull(report.teams),
        _trend("Months", report.months),
        _trend("Weeks", report.weeks),
        _budgets(report.teams),
        _mix(report),
        _tiers(report),
        _chargeback(report),
        _reconciliation(report),
    ]


def _per_pull(teams: Sequence[TeamFigures]) -> Sheet:
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
    found, name = team.per_pull, _name(team.name, NO_TEAM)
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


def _trend(name: str, periods: Sequence[Period]) -> Sheet:
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


def _budgets(teams: Sequence[TeamFigures]) -> Sheet:
    head = ("Team", "Tier", "Spend", "Plan", "Used", "Forecast", "Forecast of plan", "Method")
    return Sheet(
        name="Budgets",
        head=head,
        rows=[
            [
                _name(t.name, NO_TEAM),
                TIER_WORDS[t.utilisation.tier],
                t.utilisation.spend,
                t.utilisation.plan,
                _hundredth(t.utilisation.percent),
                t.utilisation.forecast,
                _hundredth(t.utilisation.forecast_percent),
                t.utilisation.method,
            ]
            for t in teams
        ],
        usd=(2, 3, 5),
        percent=(4, 6),
        chart=Chart(kind="bar", title="Spent, and forecast, of the plan", columns=(4, 6)),
    )


def _mix(report: Showback) -> Sheet:
    whole = report.trust.total
    return Sheet(
        name="Model mix",
        head=("Use case", "Model", "Tier", "Needs", "Spend", "Share", "Requests", "Tokens"),
        rows=[
            [
                _name(case.use_case, NO_CENTER) if case.attributed else NOT_A_JOB,
                _name(model.model, ""),
                model.tier.value if model.tier else "",
                case.needs.value if case.needs else "",
                model.cost,
                ratio(model.cost, whole),
                model.requests,
                model.tokens,
            ]
            for case in report.mix
            for model in case.models
        ],
        usd=(4,),
        percent=(5,),
    )


def _tiers(report: Showback) -> Sheet:
    whole = report.trust.total
    return Sheet(
        name="Tiers",
        head=("Tier", "Spend", "Share", "Requests", "Tokens"),
        rows=[
            [tier.name, tier.cost, ratio(tier.cost, whole), tier.requests, tier.tokens]
            for tier in by_tier(report.mix)
        ],
        usd=(1,),
        percent=(2,),
        chart=Chart(kind="doughnut", title="Spend by tier of model", columns=(1,)),
    )


def _chargeback(report: Showback) -> Sheet:
    whole = report.trust.total
    return Sheet(
        name="Chargeback",
        head=("Cost center", "Its own", "Split", "Unattributed", "Total", "Share"),
        rows=[
            [
                _name(c.cost_center, NO_CENTER),
                c.direct,
                c.split,
                c.unattributed,
                c.total,
                ratio(c.total, whole),
            ]
            for c in report.chargeback
        ],
        usd=(1, 2, 3, 4),
        percent=(5,),
        chart=Chart(kind="bar", title="Chargeback, USD", columns=(4,)),
    )


def _reconciliation(report: Showback) -> Sheet:
    return Sheet(
        name="Reconciliation",
        head=("UTC day", "Team", "Proxy", "Settled", "Ledger", "At the proxy", "Difference"),
        rows=[
            [
                d.day.isoformat(),
                _name(d.team, NO_TEAM),
                _name(d.proxy, ""),
                "no" if d.open else "yes",
                d.ledger,
                d.at_proxy,
                d.difference,
            ]
            for d in report.trust.reconciliation.worst
        ],
        usd=(4, 5, 6),
    )


def _name(text: str, nothing: str) -> str:
    return printable(text, _LONGEST) if text else nothing


def _hundredth(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent / 100
