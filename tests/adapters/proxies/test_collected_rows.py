"""How a row came to its spend, in whatever form a proxy says it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from ci_tokengate.adapters.proxies.litellm.calls import read_page
from ci_tokengate.adapters.proxies.litellm.collected_bodies import CollectedRowPage
from ci_tokengate.adapters.proxies.litellm.spend_log import _collected
from ci_tokengate.core.ledger.split import costs_of
from ci_tokengate.core.usage import UsageRow

SPEND = "0.007275"
TOLD = {
    "input_cost": 0.004275,
    "output_cost": 0.003,
    "cache_read_cost": 0.00015,
    "cache_creation_cost": 0.0011250000000000001,
    "discount_amount": 0,
}
PRICES = {
    "input_cost_per_token": 3e-06,
    "output_cost_per_token": 1.5e-05,
    "cache_read_input_token_cost": 3e-07,
    "cache_creation_input_token_cost": 3.75e-06,
}


def a_row(**metadata: Any) -> UsageRow:
    row = {
        "api_key": "k",
        "spend": float(SPEND),
        "prompt_tokens": 1800,
        "completion_tokens": 200,
        "startTime": "2026-11-23T17:00:51.695+00:00",
        "metadata": {
            "usage_object": {"cache_read_input_tokens": 500, "cache_creation_input_tokens": 300},
            **metadata,
        },
    }
    page = read_page(CollectedRowPage, json.dumps({"data": [row]}).encode())
    return _collected(page.data[0])


def test_the_proxys_account_is_read_without_the_overlap_of_its_input() -> None:
    row = a_row(cost_breakdown=TOLD)
    assert row.charge is not None
    assert row.charge.input == Decimal("0.0029999999999999999")
    assert [format(c.normalize(), "f") for c in costs_of(row)[1:]] == [
        *("0.003", "0.00015", "0.0011250000000000001"),
        "0",
    ]


def test_the_price_list_is_read_where_there_is_no_account() -> None:
    row = a_row(model_map_information={"model_map_value": PRICES})
    assert [c.normalize() for c in costs_of(row)] == [
        Decimal(text) for text in ("0.003", "0.003", "0.00015", "0.001125", "0")
    ]


@pytest.mark.parametrize(
    "odd",
    [
        {"cost_breakdown": "n/a"},
        {"cost_breakdown": {"input_cost": "much"}},
        {"cost_breakdown": {"input_cost": 1e300}},
        {"cost_breakdown": [], "model_map_information": "none"},
        {"model_map_information": {"model_map_value": {"input_cost_per_token": {}}}},
        {"model_map_information": {"model_map_value": None}},
        {"cost_breakdown": None, "model_map_information": None},
        {},
    ],
)
def test_an_account_in_another_form_explains_nothing_and_the_spend_counts(
    odd: dict[str, Any],
) -> None:
    assert [format(c, "f") for c in costs_of(a_row(**odd))] == [*"0000", SPEND]


@pytest.mark.parametrize("spend", ["NaN", "1e400", '"much"'])
def test_spend_that_is_no_amount_is_refused_whatever_else_is_odd(spend: str) -> None:
    page = f'{{"data": [{{"spend": {spend}, "metadata": {{"cost_breakdown": 1}}}}]}}'
    with pytest.raises(ValidationError):
        read_page(CollectedRowPage, page.encode())
