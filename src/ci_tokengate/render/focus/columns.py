"""The columns of a FOCUS data set, in its versions. Own columns begin with `x_`, as FOCUS demands.

Source: the FOCUS 1.2 specification, section Cost and Usage; the 1.4 column table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

FocusValue: TypeAlias = "Decimal | int | str | datetime | date | None"
FocusRow: TypeAlias = "Mapping[str, FocusValue]"
"""Column name → value; a column that is not in it is null."""


class FocusVersion(str, Enum):
    V1_2 = "1.2"
    V1_4 = "1.4"


class Kind(Enum):
    """What a column holds. COST, PRICE and QUANTITY are decimals of different scale."""

    TEXT = "text"
    COST = "cost"
    PRICE = "price"
    QUANTITY = "quantity"
    COUNT = "count"
    TIME = "time"
    DAY = "day"


@dataclass(frozen=True, kw_only=True)
class Column:
    name: str
    kind: Kind = Kind.TEXT


_COSTS = ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost")
_KINDS = {
    **dict.fromkeys((*_COSTS, "PricingCurrencyEffectiveCost"), Kind.COST),
    **dict.fromkeys(
        (
            *("ContractedUnitPrice", "ListUnitPrice"),
            *("PricingCurrencyContractedUnitPrice", "PricingCurrencyListUnitPrice"),
        ),
        Kind.PRICE,
    ),
    **dict.fromkeys(
        ("CommitmentDiscountQuantity", "ConsumedQuantity", "PricingQuantity"), Kind.QUANTITY
    ),
    **dict.fromkeys(
        ("BillingPeriodEnd", "BillingPeriodStart", "ChargePeriodEnd", "ChargePeriodStart"),
        Kind.TIME,
    ),
    **dict.fromkeys(("x_PullRequest", "x_Requests", "x_RunAttempt", "x_Unpriced"), Kind.COUNT),
    "x_LedgerDay": Kind.DAY,
}
_BOTH = (
    *("AvailabilityZone", "BilledCost"),
    *("BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency"),
    *("BillingPeriodEnd", "BillingPeriodStart"),
    *("CapacityReservationId", "CapacityReservationStatus"),
    *("ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency"),
    *("ChargePeriodEnd", "ChargePeriodStart"),
    *("CommitmentDiscountCategory", "CommitmentDiscountId", "CommitmentDiscountName"),
    *("CommitmentDiscountQuantity", "CommitmentDiscountStatus"),
    *("CommitmentDiscountType", "CommitmentDiscountUnit"),
    *("ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice"),
    *("EffectiveCost", "InvoiceId", "InvoiceIssuerName", "ListCost", "ListUnitPrice"),
    *("PricingCategory", "PricingCurrency", "PricingCurrencyContractedUnitPrice"),
    *("PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice"),
    *("PricingQuantity", "PricingUnit", "RegionId", "RegionName"),
    *("ResourceId", "ResourceName", "ResourceType"),
    *("ServiceCategory", "ServiceName", "ServiceSubcategory"),
    *("SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId"),
    *("SubAccountId", "SubAccountName", "SubAccountType", "Tags"),
)
_ONLY = {
    FocusVersion.V1_2: ("ProviderName", "PublisherName"),
    FocusVersion.V1_4: (
        *("AllocatedMethodDetails", "AllocatedMethodId", "AllocatedResourceId"),
        *("AllocatedResourceName", "AllocatedTags", "CommitmentProgramEligibilityDetails"),
        *("ContractApplied", "HostProviderName", "InvoiceDetailId", "ServiceProviderName"),
    ),
}
_OURS = (
    *("x_Repository", "x_PullRequest", "x_Ref", "x_RunId", "x_RunAttempt", "x_Job"),
    *("x_UseCase", "x_CostCenter", "x_KeyId", "x_TokenBucket", "x_Requests", "x_Unpriced"),
    *("x_LedgerDay", "x_State"),
)


def columns(version: FocusVersion) -> tuple[Column, ...]:
    """FOCUS's by name, then our own."""
    names = (*sorted((*_BOTH, *_ONLY[version])), *_OURS)
    return tuple(Column(name=name, kind=_KINDS.get(name, Kind.TEXT)) for name in names)
