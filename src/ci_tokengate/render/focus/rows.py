"""Cells to FOCUS rows: one for each key, day, model and token bucket. USD, UTC."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from urllib.parse import urlsplit

from ci_tokengate.core.ledger.entry import Bucket, Cell, LedgerKey, Part
from ci_tokengate.render.focus.columns import FocusRow, FocusValue, FocusVersion
from ci_tokengate.render.focus.price import Priced, priced
from ci_tokengate.render.focus.providers import provider_of

_METERS = {
    Bucket.INPUT: "input tokens",
    Bucket.OUTPUT: "output tokens",
    Bucket.CACHE_READ: "cache read tokens",
    Bucket.CACHE_WRITE: "cache write tokens",
    Bucket.REST: "other charges",
}
_ALWAYS: FocusRow = {
    "BillingAccountType": "LLM Proxy",
    "BillingCurrency": "USD",
    "ChargeCategory": "Usage",
    "ChargeFrequency": "Usage-Based",
    "PricingCategory": "Standard",
    "PricingCurrency": "USD",
    "ResourceType": "Model",
    "ServiceCategory": "AI and Machine Learning",
    "ServiceSubcategory": "Generative AI",
}


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


def focus_rows(charge: Charge, version: FocusVersion) -> Iterator[FocusRow]:
    """A bucket of nothing has no row, but for the input where it alone tells of the calls."""
    cell = charge.cell
    common: FocusRow = {**_ALWAYS, **_when(charge), **_who(charge, version), **_ours(charge)}
    for bucket, part in cell.parts.items():
        counted = bucket is Bucket.INPUT and (cell.requests or cell.unpriced)
        if part.tokens or part.cost or counted:
            yield {**common, **_money(part), **_sku(charge, bucket, part)}


def _money(part: Part) -> FocusRow:
    """There is no discount that the ledger knows of, so list and contracted prices are one."""
    found: Priced = priced(part.cost, part.tokens)
    tokens = part.tokens != 0 or found.unit == "Tokens"
    return {
        "BilledCost": part.cost,
        "EffectiveCost": part.cost,
        "PricingCurrencyEffectiveCost": part.cost,
        "ListCost": found.list_cost,
        "ContractedCost": found.list_cost,
        **dict.fromkeys(
            (
                *("ListUnitPrice", "ContractedUnitPrice"),
                *("PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice"),
            ),
            found.unit_price,
        ),
        "PricingQuantity": found.quantity,
        "PricingUnit": found.unit,
        "ConsumedQuantity": Decimal(part.tokens) if tokens else found.quantity,
        "ConsumedUnit": "Tokens" if tokens else found.unit,
    }


def _sku(charge: Charge, bucket: Bucket, part: Part) -> FocusRow:
    """The SKU is the provider's model; an unpriced bucket has a SKU price of its own, to be seen."""
    cell, meter = charge.cell, _METERS[bucket]
    provider, model = provider_of(cell.provider_model or cell.name.model, "")
    sku = f"{provider.slug}/{model}/{'other' if bucket is Bucket.REST else bucket.value}"
    unpriced = bool(cell.unpriced and part.tokens and not part.cost)
    details = {"x_Model": model, "x_TokenType": bucket.value}
    return {
        "SkuId": sku,
        "SkuMeter": meter,
        "SkuPriceId": f"{sku}/{'unpriced' if unpriced else 'standard'}",
        "SkuPriceDetails": _json(details),
        "ChargeDescription": f"{meter.capitalize()} of {cell.name.model}, {_of(charge)}",
        "x_TokenBucket": bucket.value,
        "x_Requests": cell.requests if bucket is Bucket.INPUT else 0,
        "x_Unpriced": cell.unpriced if bucket is Bucket.INPUT else 0,
    }


def _when(charge: Charge) -> FocusRow:
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


def _who(charge: Charge, version: FocusVersion) -> FocusRow:
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


def _ours(charge: Charge) -> FocusRow:
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
        "Tags": _json({name: value for name, value in tags.items() if value}),
    }
    return {name: value for name, value in values.items() if value != ""}


def _of(charge: Charge) -> str:
    key = charge.key
    if not key.attributed:
        return "not from a job of CI"
    subject = f"#{key.pull_request}" if key.pull_request is not None else f" {key.ref}".rstrip()
    run = f" run {key.run_id}.{key.run_attempt}" if key.run_id else ""
    return f"{key.repository}{subject}{run}"


def _json(value: dict[str, str]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.utc)
