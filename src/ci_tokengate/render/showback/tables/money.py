"""Where the money went: models, tiers, cost centers; and where ledger and proxy differ."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ci_tokengate.core.showback.values import (
    Charge,
    ModelShare,
    Showback,
    UseCaseMix,
    by_tier,
    ratio,
)
from ci_tokengate.render.showback.phrases import (
    NOT_KNOWN,
    Line,
    Name,
    money,
    share,
    short_day,
    tokens,
)
from ci_tokengate.render.showback.tables.form import (
    NO_CENTER,
    NO_TEAM,
    NOT_A_JOB,
    Row,
    Table,
    named,
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
    whole = report.trust.total
    rows = tuple(Row((tier.name, *_sums(tier.models, whole))) for tier in by_tier(report.mix))
    return Table("Spend by tier", ("tier", "spend", "share", "requests", "tokens"), rows)


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
