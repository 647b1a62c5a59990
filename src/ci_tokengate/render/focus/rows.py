"""Cells to FOCUS rows: one for each key, day, model and token bucket. USD, UTC."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ci_tokengate.core.ledger.entry import Bucket, Part
from ci_tokengate.render.focus.charge import Charge, as_json, described, what_for, when, who
from ci_tokengate.render.focus.columns import FocusRow, FocusVersion
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


def focus_rows(charge: Charge, version: FocusVersion) -> Iterator[FocusRow]:
    """A bucket of nothing has no row, but for the input where it alone tells of the calls."""
    cell = charge.cell
    common: FocusRow = {**_ALWAYS, **when(charge), **who(charge, version), **what_for(charge)}
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
        "SkuPriceDetails": as_json(details),
        "ChargeDescription": f"{meter.capitalize()} of {cell.name.model}, {described(charge)}",
        "x_TokenBucket": bucket.value,
        "x_Requests": cell.requests if bucket is Bucket.INPUT else 0,
        "x_Unpriced": cell.unpriced if bucket is Bucket.INPUT else 0,
    }
