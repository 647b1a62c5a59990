"""Cells as FOCUS rows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from ci_tokengate.core.ledger.entry import Bucket, Part
from ci_tokengate.core.money import exact_sum
from ci_tokengate.render.focus.charge import Charge
from ci_tokengate.render.focus.columns import FocusRow, FocusVersion, columns
from ci_tokengate.render.focus.rows import focus_rows
from tests.stage.books import NOVEMBER, OCTOBER, PROXY, cell, key

SONNET = "anthropic/claude-sonnet-4-6"
V2, V4 = FocusVersion.V1_2, FocusVersion.V1_4


def charge(number: int = 1, model: str = SONNET, **told: object) -> Charge:
    known = {"team": "payments-squad", "cost_center": "ENGG-SHOP", **told}
    return Charge(cell=cell(number, OCTOBER, model), key=key(number), **known)  # type: ignore[arg-type]


def by_bucket(found: Charge, version: FocusVersion = V2) -> dict[object, FocusRow]:
    return {row["x_TokenBucket"]: row for row in focus_rows(found, version)}


def test_each_bucket_is_a_row_with_a_sku_of_its_own_and_they_add_up_to_the_cell() -> None:
    found = charge(12)
    rows = by_bucket(found)
    assert {bucket: row["SkuId"] for bucket, row in rows.items()} == {
        "input": "anthropic/claude-sonnet-4-6/input",
        "output": "anthropic/claude-sonnet-4-6/output",
        "cache_read": "anthropic/claude-sonnet-4-6/cache_read",
        "rest": "anthropic/claude-sonnet-4-6/other",
    }
    assert exact_sum(row["BilledCost"] for row in rows.values()) == found.cell.cost  # type: ignore[misc]
    assert rows["output"]["ListUnitPrice"] == Decimal("0.000015")
    assert rows["rest"]["PricingUnit"] == "Units"


def test_calls_are_counted_once_whatever_the_number_of_buckets() -> None:
    rows = by_bucket(charge(12))
    assert sum(row["x_Requests"] for row in rows.values()) == 3  # type: ignore[misc]


def test_a_call_without_a_price_is_named_and_its_cost_is_no_price_of_zero() -> None:
    [first, *_] = focus_rows(charge(model="acme-llm-v2"), V2)
    assert (first["BilledCost"], first["x_Unpriced"], first["x_Requests"]) == (0, 3, 3)
    assert str(first["SkuPriceId"]).endswith("/unpriced")


def test_a_model_of_no_known_provider_is_the_proxys() -> None:
    [first, *_] = focus_rows(charge(model="acme-llm-v2"), V2)
    assert first["ProviderName"] == "llm.acme.example"
    assert first["SkuId"] == "unknown/acme-llm-v2/input"


def test_periods_are_utc_days_in_utc_months_with_an_end_that_is_not_in_them() -> None:
    row = by_bucket(charge())["input"]
    assert row["ChargePeriodEnd"] == datetime(2026, 10, 2, tzinfo=timezone.utc)
    assert row["BillingPeriodStart"] == datetime(2026, 10, 1, tzinfo=timezone.utc)
    assert row["BillingPeriodEnd"] == datetime(2026, 11, 1, tzinfo=timezone.utc)
    assert row["ChargeClass"] is None


def test_december_ends_with_the_year() -> None:
    found = charge()
    december = replace(found.cell, name=replace(found.cell.name, day=date(2026, 12, 31)))
    row = by_bucket(replace(found, cell=december))["input"]
    assert row["BillingPeriodEnd"] == datetime(2027, 1, 1, tzinfo=timezone.utc)


def test_a_correction_is_billed_when_it_is_booked_and_keeps_the_day_that_it_corrects() -> None:
    row = by_bucket(charge(booked_on=date(2026, 11, 20)))["input"]
    assert row["ChargeClass"] == "Correction"
    assert row["BillingPeriodStart"] == datetime(2026, 11, 1, tzinfo=timezone.utc)
    assert row["ChargePeriodStart"] == datetime(2026, 10, 1, tzinfo=timezone.utc)


def test_a_correction_within_its_billing_period_is_none_for_focus() -> None:
    assert by_bucket(charge(booked_on=date(2026, 10, 31)))["input"]["ChargeClass"] is None


def test_who_and_what_for_stand_in_own_columns_and_in_tags() -> None:
    row = by_bucket(charge())["input"]
    own = {name: value for name, value in row.items() if name.startswith("x_")}
    assert own == {
        "x_Repository": "acme/shop",
        "x_PullRequest": 101,
        "x_RunId": "9001",
        "x_RunAttempt": 2,
        "x_Job": "review",
        "x_UseCase": "fix-tests",
        "x_CostCenter": "ENGG-PAYMENTS",
        "x_KeyId": f"{1:064x}",
        "x_LedgerDay": OCTOBER,
        "x_State": "settled",
        "x_TokenBucket": "input",
        "x_Requests": 3,
        "x_Unpriced": 0,
    }
    assert json.loads(str(row["Tags"]))["pr"] == "101"
    assert row["BillingAccountId"] == PROXY
    assert row["SubAccountName"] == "payments-squad"


def test_the_cost_center_of_the_team_stands_in_for_a_key_that_has_none() -> None:
    assert by_bucket(charge(2))["input"]["x_CostCenter"] == "ENGG-SHOP"


def test_spend_from_no_job_has_no_repository_and_says_so() -> None:
    row = by_bucket(charge(11))["input"]
    assert "x_Repository" not in row
    assert "not from a job of CI" in str(row["ChargeDescription"])


def test_spend_of_no_team_has_no_sub_account() -> None:
    row = by_bucket(charge(13, team=""))["input"]
    assert "SubAccountId" not in row
    assert "SubAccountType" not in row


def test_an_input_without_tokens_is_there_for_its_calls_and_an_empty_bucket_is_not() -> None:
    found = charge()
    parts = {Bucket.INPUT: Part(), Bucket.OUTPUT: Part(), Bucket.REST: Part(cost=Decimal(1))}
    assert list(by_bucket(replace(found, cell=replace(found.cell, parts=parts)))) == [
        "input",
        "rest",
    ]


def test_a_correction_of_more_tokens_for_less_money_has_no_negative_price() -> None:
    found = charge(booked_on=NOVEMBER)
    parts = {Bucket.INPUT: Part(tokens=10, cost=Decimal("-0.5"))}
    row = by_bucket(replace(found, cell=replace(found.cell, parts=parts)))["input"]
    assert (row["ListUnitPrice"], row["PricingQuantity"]) == (Decimal("0.5"), -1)
    assert (row["ConsumedQuantity"], row["ConsumedUnit"]) == (10, "Tokens")


@pytest.mark.parametrize("version", list(FocusVersion))
def test_no_row_has_a_column_that_its_version_has_not(version: FocusVersion) -> None:
    known = {column.name for column in columns(version)}
    assert {name for row in focus_rows(charge(12), version) for name in row} <= known


def test_versions_differ_in_who_provides() -> None:
    assert by_bucket(charge(), V2)["input"]["PublisherName"] == "Anthropic"
    assert by_bucket(charge(), V4)["input"]["ServiceProviderName"] == "Anthropic"
