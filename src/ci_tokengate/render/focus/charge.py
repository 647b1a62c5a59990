"""What a FOCUS row is of: when, on whose account, and what for. USD, UTC."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from urllib.parse import urlsplit

from ci_tokengate.core.ledger.entry import Cell, LedgerKey
from ci_tokengate.render.focus.columns import FocusRow, FocusValue, FocusVersion
from ci_tokengate.render.focus.providers import provider_of


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A cell with all that its rows need. `team` and `cost_center` may be empty.

    `booked_on` is the day on which a correction of a closed month was booked; None for a cell.
    """

    cell: Cell
    key: LedgerKey
    team: str = ""
    cost_center: str = ""
    booked_on: date | None = None


def when(charge: Charge) -> FocusRow:
    """A correction is billed in the month it is booked in; within one billing period it is none."""
    day = charge.cell.name.day
    month = (charge.booked_on or day).replace(day=1)
    corrects = charge.booked_on is not None and month != day.replace(day=1)
    return {
        "ChargePeriodStart": _midnight(day),
        "ChargePeriodEnd": _midnight(day + timedelta(days=1)),
        "BillingPeriodStart": _midnight(month),
        "BillingPeriodEnd": _midnight((month + timedelta(days=32)).replace(day=1)),
        "ChargeClass": "Correction" if corrects else None,
    }


def who(charge: Charge, version: FocusVersion) -> FocusRow:
    cell, team_id = charge.cell, charge.cell.team_id
    host = urlsplit(cell.name.proxy).netloc or cell.name.proxy
    provider, _ = provider_of(cell.provider_model or cell.name.model, host)
    named = (
        ("ProviderName", "PublisherName")
        if version is FocusVersion.V1_2
        else ("ServiceProviderName", "HostProviderName")
    )
    account: FocusRow = {
        "SubAccountId": team_id,
        "SubAccountName": charge.team or team_id,
        "SubAccountType": "Team",
    }
    return {
        "BillingAccountId": cell.name.proxy,
        "BillingAccountName": host,
        "InvoiceIssuerName": provider.name,
        "ServiceName": provider.service,
        **dict.fromkeys(named, provider.name),
        "ResourceId": cell.name.model,
        "ResourceName": cell.name.model,
        **(account if team_id else {}),
    }


def what_for(charge: Charge) -> FocusRow:
    key, cell = charge.key, charge.cell
    cost_center = key.cost_center or charge.cost_center
    tags = {
        "team": charge.team or cell.team_id,
        "cost_center": cost_center,
        "use_case": key.use_case,
        "repo": key.repository,
        "pr": "" if key.pull_request is None else str(key.pull_request),
        "run_id": key.run_id,
    }
    values: dict[str, FocusValue] = {
        "x_Repository": key.repository,
        "x_PullRequest": key.pull_request,
        "x_Ref": key.ref,
        "x_RunId": key.run_id,
        "x_RunAttempt": key.run_attempt or None,
        "x_Job": key.job,
        "x_UseCase": key.use_case,
        "x_CostCenter": cost_center,
        "x_KeyId": cell.name.key_id,
        "x_LedgerDay": charge.booked_on or cell.name.local_day,
        "x_State": cell.state.value,
        "Tags": as_json({name: value for name, value in tags.items() if value}),
    }
    return {name: value for name, value in values.items() if value != ""}


def described(charge: Charge) -> str:
    key = charge.key
    if not key.attributed:
        return "not from a job of CI"
    subject = f"#{key.pull_request}" if key.pull_request is not None else f" {key.ref}".rstrip()
    run = f" run {key.run_id}.{key.run_attempt}" if key.run_id else ""
    return f"{key.repository}{subject}{run}"


def as_json(value: dict[str, str]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.utc)
