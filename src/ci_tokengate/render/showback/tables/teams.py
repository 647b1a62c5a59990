"""Teams and periods: cost per merged pull request, the trend, budgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ci_tokengate.core.showback.teams import added
from ci_tokengate.core.showback.values import (
    Period,
    PerPull,
    Showback,
    TeamFigures,
    Told,
)
from ci_tokengate.render.showback.phrases import (
    UNKNOWN,
    Line,
    Name,
    each,
    hundredths,
    index,
    merged,
    merged_in,
    money,
    share,
)
from ci_tokengate.render.showback.tables.form import (
    NO_TEAM,
    Row,
    Table,
    named,
)
from ci_tokengate.render.showback.words import TIER_WORDS

PER_PULL_NOTE: Line = (
    "All spend of the team in the month ÷ pull requests merged in it. Beside it: only what our jobs "
    "spent; without what was reverted; the share of pull requests closed unmerged.",
)


def per_pull_table(report: Showback, most: int) -> Table:
    shown, rest = report.teams[:most], report.teams[most:]
    rows = [Row((named(t.name, NO_TEAM), *_per_pull(t.per_pull))) for t in shown]
    if rest:
        rows.append(Row((f"{len(rest):,} more", *_per_pull(added(t.per_pull for t in rest)))))
    if len(report.teams) > 1:
        rows.append(Row(("all", *_per_pull(report.per_pull)), total=True))
    head = ("team", "spend", "merged", "per merged PR", "attributed only", "net of reverted")
    return Table(
        "Cost per merged pull request", (*head, "abandoned"), tuple(rows), notes=(PER_PULL_NOTE,)
    )


def _per_pull(found: PerPull) -> tuple[str, ...]:
    return (
        money(found.spend),
        merged(found),
        each(found, found.per_merged),
        each(found, found.per_merged_attributed),
        each(found, found.per_standing),
        UNKNOWN if found.told is Told.UNKNOWN else share(found.abandoned_share),
    )


def trend_table(periods: Sequence[Period], what: str) -> Table:
    """Without the periods before anything happened."""
    begun = next((n for n, p in enumerate(periods) if p.spend or p.merged), len(periods) - 1)
    rows = tuple(
        Row(
            (
                p.label + (" so far" if p.partial else ""),
                money(p.spend),
                merged_in(p),
                UNKNOWN if p.merged is None else money(p.per_merged),
                index(p.spend_index),
                UNKNOWN if p.merged is None else index(p.output_index),
            )
        )
        for p in periods[begun:]
    )
    head = (what, "spend", "merged", "per merged PR", "spend index", "output index")
    return Table(f"Spend against output, by {what}", head, rows)


def utilisation_table(report: Showback, most: int) -> Table:
    measured = [t for t in report.teams if t.id or t.per_pull.spend]
    shown, rest = measured[:most], measured[most:]
    rows = [Row(_utilisation(t), tier=t.utilisation.tier) for t in shown]
    if rest:
        spend = sum((t.utilisation.spend for t in rest), Decimal(0))
        rows.append(Row((f"{len(rest):,} more", "", money(spend), "", "", "", "")))
    methods = sorted({t.utilisation.method for t in measured})
    notes: tuple[Line, ...] = tuple((f"Forecast of the month's end: {m}.",) for m in methods)
    notes += tuple(_converted(measured))
    head = ("team", "tier", "spend", "plan", "used", "forecast", "of plan")
    return Table("Budget utilisation by team", head, tuple(rows), words=2, notes=notes)


def _utilisation(team: TeamFigures) -> tuple[str | Name, ...]:
    found = team.utilisation
    return (
        named(team.name, NO_TEAM),
        TIER_WORDS[found.tier],
        money(found.spend),
        money(found.plan),
        hundredths(found.percent),
        money(found.forecast),
        hundredths(found.forecast_percent),
    )


def _converted(teams: Sequence[TeamFigures]) -> Iterator[Line]:
    """Plans that were made for another period than a month."""
    for period in sorted({t.utilisation.plan_period for t in teams} - {""}):
        names = [t.name for t in teams if t.utilisation.plan_period == period]
        more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
        told: list[str | Name] = []
        for number, name in enumerate(names[:3]):
            told += [", " if number else "", Name(name)]
        yield (
            "The proxy's budget of ",
            *told,
            f"{more} is for ",
            Name(period),
            "; the plan is what that makes of the month.",
        )
