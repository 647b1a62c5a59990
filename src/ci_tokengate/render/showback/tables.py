"""The report's tables as values: which columns and rows there are, whatever shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ci_tokengate.core.policy import ModelTier
from ci_tokengate.core.showback.teams import added
from ci_tokengate.core.showback.values import (
    Charge,
    ModelShare,
    Period,
    PerPull,
    Showback,
    TeamFigures,
    Told,
    UseCaseMix,
    ratio,
)
from ci_tokengate.core.verdict import Tier
from ci_tokengate.render.showback.phrases import (
    NOT_KNOWN,
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
    short_day,
    tokens,
)
from ci_tokengate.render.showback.words import TIER_WORDS

NO_TEAM, NO_CENTER, NOT_A_JOB = "(no team)", "(none)", "(unattributed)"


@dataclass(frozen=True)
class Row:
    """`tier` colours it where there is colour. A total stands last and is set apart."""

    cells: tuple[str | Name, ...]
    total: bool = False
    tier: Tier = Tier.NONE


@dataclass(frozen=True)
class Table:
    """`words` columns, from the left, hold names and words; the others are figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    words: int = 1
    notes: tuple[Line, ...] = ()


def named(text: str, nothing: str) -> str | Name:
    return Name(text) if text else nothing


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


PER_PULL_NOTE: Line = (
    "All spend of the team in the month ÷ pull requests merged in it. Beside it: only what our jobs "
    "spent; without what was reverted; the share of pull requests closed unmerged.",
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


def mix_table(report: Showback, most: int) -> Table:
    """A line for each model of each use case; shares are of the whole month."""
    lines = [(case, model) for case in report.mix for model in case.models]
    whole = report.trust.total
    rows = [Row(_mix(case, model, whole)) for case, model in lines[:most]]
    rest = [model for _, model in lines[most:]]
    if rest:
        rows.append(Row((f"{len(rest):,} more", "", "", *_sums(rest, whole))))
    if len(lines) > 1:
        rows.append(Row(("all", "", "", *_sums([m for _, m in lines], whole)), total=True))
    notes: tuple[Line, ...] = ((f"Tiers of models: by {report.tiers_from}.",),)
    head = ("use case", "model", "tier", "spend", "share", "requests", "tokens")
    return Table("Model mix by use case", head, tuple(rows), words=3, notes=notes)


def _mix(case: UseCaseMix, model: ModelShare, whole: Decimal) -> tuple[str | Name, ...]:
    name = named(case.use_case, NO_CENTER) if case.attributed else NOT_A_JOB
    tier = model.tier.value if model.tier else NOT_KNOWN
    return (name, Name(model.model), tier, *_sums([model], whole))


def _sums(models: Sequence[ModelShare], whole: Decimal) -> tuple[str, ...]:
    cost = sum((m.cost for m in models), Decimal(0))
    unpriced = sum(m.unpriced for m in models)
    told = "no price" if unpriced and not cost else f"≥ {money(cost)}" if unpriced else money(cost)
    requests, used = sum(m.requests for m in models), sum(m.tokens for m in models)
    return (told, share(ratio(cost, whole)), f"{requests:,}", tokens(used))


def tier_table(report: Showback) -> Table:
    """The mix by tier alone."""
    rows = []
    for tier in (*ModelTier, None):
        models = [m for case in report.mix for m in case.of_tier(tier)]
        if models:
            rows.append(
                Row((tier.value if tier else "unknown", *_sums(models, report.trust.total)))
            )
    return Table("Spend by tier", ("tier", "spend", "share", "requests", "tokens"), tuple(rows))


def charge_table(report: Showback, most: int) -> Table:
    shown, rest = report.chargeback[:most], report.chargeback[most:]
    whole = report.trust.total
    rows = [Row((named(c.cost_center, NO_CENTER), *_charge([c], whole))) for c in shown]
    if rest:
        rows.append(Row((f"{len(rest):,} more", *_charge(rest, whole))))
    rows.append(Row(("all", *_charge(report.chargeback, whole)), total=True))
    notes: tuple[Line, ...] = ()
    if report.split_pulls:
        notes = ((f"Split by declared owners: {report.split_pulls:,} pull requests.",),)
    head = ("cost center", "its own", "split", "unattributed", "total", "share")
    return Table("Chargeback by cost center", head, tuple(rows), notes=notes)


def _charge(charges: Sequence[Charge], whole: Decimal) -> tuple[str, ...]:
    parts = [
        sum((getattr(c, kind) for c in charges), Decimal(0))
        for kind in ("direct", "split", "unattributed", "total")
    ]
    return (*(money(part) for part in parts), share(ratio(parts[-1], whole)))


def difference_table(report: Showback) -> Table:
    """The proxy is named where there are several."""
    several = len(report.proxies) > 1
    rows = tuple(
        Row(
            (
                short_day(d.day) + (" (open)" if d.open else ""),
                named(d.team, NO_TEAM),
                *((Name(d.proxy),) if several else ()),
                *(money(amount) for amount in (d.ledger, d.at_proxy, d.difference)),
            )
        )
        for d in report.trust.reconciliation.worst
    )
    where = ("UTC day", "team", *(("proxy",) if several else ()))
    head = (*where, "ledger", "at the proxy", "difference")
    return Table("Where ledger and proxy differ most", head, rows, words=len(where))


def tables(report: Showback, most: int) -> list[Table]:
    """All of them, in the order in which they are read; without those that have no row."""
    found = [
        per_pull_table(report, most),
        trend_table(report.months, "month"),
        utilisation_table(report, most),
        mix_table(report, most),
        charge_table(report, most),
        difference_table(report),
    ]
    return [table for table in found if table.rows]
