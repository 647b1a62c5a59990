"""The report for machines. Its form is schema/report.schema.json; amounts are texts in full precision."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from ci_tokengate.core.money import plain
from ci_tokengate.core.showback.values import (
    Charge,
    DayDifference,
    Finding,
    Period,
    PerPull,
    Showback,
    TeamFigures,
    Told,
    Trust,
    UseCaseMix,
    Utilisation,
)
from ci_tokengate.render.money import stamp

VERSION = 1
Json = dict[str, Any]


def as_json(report: Showback) -> Json:
    return {
        "version": VERSION,
        "month": report.month,
        "first_day": report.first.isoformat(),
        "end_day": report.end.isoformat(),
        "zone": report.zone,
        "made_at": stamp(report.made_at),
        "as_of": _time(report.as_of),
        "over": report.over,
        "closed": report.closed,
        "team": report.team or None,
        "proxies": list(report.proxies),
        "cost_per_merged_pr": _per_pull(report.per_pull),
        "teams": [_team(team) for team in report.teams],
        "trend": {
            "months": [_period(period) for period in report.months],
            "weeks": [_period(period) for period in report.weeks],
        },
        "model_mix": {
            "tiers_from": report.tiers_from,
            "use_cases": [_case(case) for case in report.mix],
            "findings": [_finding(found) for found in report.findings],
        },
        "chargeback": {
            "split_pull_requests": report.split_pulls,
            "cost_centers": [_charge(charge) for charge in report.chargeback],
        },
        "trust": _trust(report.trust),
    }


def _usd(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def _per_pull(found: PerPull) -> Json:
    known = found.told is not Told.UNKNOWN
    return {
        "spend_usd": _usd(found.spend),
        "attributed_usd": _usd(found.attributed),
        "abandoned_usd": _usd(found.abandoned),
        "merged": found.merged if known else None,
        "merged_standing": found.standing if known else None,
        "merged_with_ai": found.assisted if known else None,
        "merged_is_lower_bound": found.told is Told.AT_LEAST,
        "repositories_unread": sorted(found.unread),
        "per_merged_pr_usd": _usd(found.per_merged),
        "per_merged_pr_attributed_usd": _usd(found.per_merged_attributed),
        "per_standing_pr_usd": _usd(found.per_standing),
        "abandoned_share": _usd(found.abandoned_share if known else None),
    }


def _team(team: TeamFigures) -> Json:
    return {
        "id": team.id or None,
        "name": team.name or None,
        "cost_center": team.cost_center or None,
        "cost_per_merged_pr": _per_pull(team.per_pull),
        "budget": _utilisation(team.utilisation),
        "provisional_usd": _usd(team.open_cost),
        "unpriced_requests": team.unpriced,
        "months": [_period(period) for period in team.months],
    }


def _utilisation(found: Utilisation) -> Json:
    return {
        "spend_usd": _usd(found.spend),
        "plan_usd": _usd(found.plan),
        "plan_from": found.plan_from or None,
        "plan_converted_from": found.plan_period or None,
        "percent": _usd(found.percent),
        "tier": found.tier.value,
        "forecast_usd": _usd(found.forecast),
        "forecast_percent": _usd(found.forecast_percent),
        "forecast_tier": found.forecast_tier.value,
        "forecast_method": found.method,
        "proxy_period_spend_usd": _usd(found.proxy_spend),
        "proxy_period_as_of": _time(found.proxy_as_of),
        "proxy_period_ends_at": _time(found.resets_at),
        "proxy_max_budget_usd": _usd(found.max_budget),
    }


def _period(period: Period) -> Json:
    return {
        "label": period.label,
        "first_day": period.first.isoformat(),
        "end_day": period.end.isoformat(),
        "partial": period.partial,
        "spend_usd": _usd(period.spend),
        "merged": period.merged,
        "per_merged_pr_usd": _usd(period.per_merged),
        "spend_index": _usd(period.spend_index),
        "output_index": _usd(period.output_index),
    }


def _case(case: UseCaseMix) -> Json:
    return {
        "use_case": case.use_case or None,
        "attributed": case.attributed,
        "needs_tier": case.needs.value if case.needs else None,
        "needs_from": case.needs_from or None,
        "spend_usd": _usd(case.cost),
        "requests": case.requests,
        "tokens": case.tokens,
        "models": [
            {
                "model": model.model,
                "tier": model.tier.value if model.tier else None,
                "spend_usd": _usd(model.cost),
                "requests": model.requests,
                "tokens": model.tokens,
                "unpriced_requests": model.unpriced,
            }
            for model in case.models
        ],
    }


def _finding(found: Finding) -> Json:
    return {
        "use_case": found.use_case,
        "model": found.model,
        "tier": found.tier.value,
        "needs_tier": found.needs.value,
        "spend_usd": _usd(found.cost),
        "share_of_use_case": _usd(found.share),
        "estimated_saving_usd": _usd(found.saving),
    }


def _charge(charge: Charge) -> Json:
    return {
        "cost_center": charge.cost_center or None,
        "direct_usd": _usd(charge.direct),
        "split_usd": _usd(charge.split),
        "unattributed_usd": _usd(charge.unattributed),
        "total_usd": _usd(charge.total),
    }


def _trust(trust: Trust) -> Json:
    found = trust.reconciliation
    return {
        "total_usd": _usd(trust.total),
        "attributed_usd": _usd(trust.attributed),
        "coverage": _usd(trust.coverage),
        "all_spend_visible": trust.whole,
        "provisional_usd": _usd(trust.open_cost),
        "unpriced_requests": dict(trust.unpriced),
        "corrections_usd": _usd(trust.corrected),
        "pruned_usd": _usd(trust.gone),
        "unread_days": trust.unread_days,
        "unknown_pull_requests_usd": _usd(trust.unknown_pulls),
        "reconciliation": {
            "team_days_compared": found.compared,
            "team_days_uncompared": found.uncompared,
            "team_days_differing": found.differing,
            "team_days_differing_unsettled": found.settling,
            "ledger_usd": _usd(found.ledger),
            "proxy_usd": _usd(found.at_proxy),
            "difference_usd": _usd(found.difference),
            "worst": [_difference(day) for day in found.worst],
        },
    }


def _difference(day: DayDifference) -> Json:
    return {
        "proxy": day.proxy,
        "team": day.team or None,
        "utc_day": day.day.isoformat(),
        "settled": not day.open,
        "ledger_usd": _usd(day.ledger),
        "proxy_usd": _usd(day.at_proxy),
        "difference_usd": _usd(day.difference),
    }
