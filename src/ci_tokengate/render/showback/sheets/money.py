"""Sheets of where the money went: models, tiers, cost centers; and where ledger and proxy differ."""

from __future__ import annotations

from ci_tokengate.core.showback.values import Showback, by_tier, ratio
from ci_tokengate.render.showback.sheets.form import Chart, Sheet, name_cell
from ci_tokengate.render.showback.tables import NO_CENTER, NO_TEAM, NOT_A_JOB


def mix_sheet(report: Showback) -> Sheet:
    whole = report.trust.total
    return Sheet(
        name="Model mix",
        head=("Use case", "Model", "Tier", "Needs", "Spend", "Share", "Requests", "Tokens"),
        rows=[
            [
                name_cell(case.use_case, NO_CENTER) if case.attributed else NOT_A_JOB,
                name_cell(model.model, ""),
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


def tier_sheet(report: Showback) -> Sheet:
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


def charge_sheet(report: Showback) -> Sheet:
    whole = report.trust.total
    return Sheet(
        name="Chargeback",
        head=("Cost center", "Its own", "Split", "Unattributed", "Total", "Share"),
        rows=[
            [
                name_cell(c.cost_center, NO_CENTER),
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


def difference_sheet(report: Showback) -> Sheet:
    return Sheet(
        name="Reconciliation",
        head=("UTC day", "Team", "Proxy", "Settled", "Ledger", "At the proxy", "Difference"),
        rows=[
            [
                d.day.isoformat(),
                name_cell(d.team, NO_TEAM),
                name_cell(d.proxy, ""),
                "no" if d.open else "yes",
                d.ledger,
                d.at_proxy,
                d.difference,
            ]
            for d in report.trust.reconciliation.worst
        ],
        usd=(4, 5, 6),
    )
