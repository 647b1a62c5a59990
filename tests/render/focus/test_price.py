"""Unit prices."""

from __future__ import annotations

from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.ledger.apportion import QUANTUM, quantised
from ci_tokengate.render.focus.price import PLACES, priced, unit_price

_EXACT = Context(prec=200)
quanta = st.integers(-(10**15), 10**15).map(lambda n: n * QUANTUM)


@given(quanta, st.integers(-(10**9), 10**9))
def test_price_times_quantity_is_the_list_cost_to_the_last_digit(
    cost: Decimal, tokens: int
) -> None:
    found = priced(cost, tokens)
    assert _EXACT.multiply(found.unit_price, found.quantity) == found.list_cost
    assert found.unit_price >= 0
    assert found.unit_price == found.unit_price.quantize(Decimal(1).scaleb(-PLACES))


@given(quanta, st.integers(-(10**8), 10**8))
def test_the_list_cost_is_what_was_billed_to_one_quantum(cost: Decimal, tokens: int) -> None:
    assert abs(priced(cost, tokens).list_cost - cost) <= QUANTUM


@given(st.integers(10**8, 10**12), st.integers(1, 10**16).map(lambda n: n * QUANTUM))
def test_in_rows_of_very_many_tokens_the_price_s_last_place_is_the_bound(
    tokens: int, cost: Decimal
) -> None:
    bound = max(QUANTUM, tokens * Decimal("5e-19"))
    assert abs(_EXACT.subtract(priced(cost, tokens).list_cost, cost)) <= bound


@given(
    st.decimals(min_value="1e-8", max_value="1e-4", places=11, allow_nan=False),
    st.integers(10_000, 10**7),
)
def test_a_price_of_a_list_is_found_again_from_what_was_billed(price: Decimal, tokens: int) -> None:
    """Also where the ledger's ten places could not hold the product."""
    assert unit_price(quantised(price * tokens), tokens) == price


@pytest.mark.parametrize(
    ("cost", "tokens", "price", "unit", "quantity"),
    [
        ("6", 1_200_000, "0.000005", "Tokens", "1200000"),
        ("0.0000000562", 3, "0.0000000187", "Tokens", "3"),
        ("0", 7, "0", "Tokens", "7"),
        ("0", 0, "0", "Tokens", "0"),
        ("0.5", 0, "0.5", "Units", "1"),
        ("-0.5", 0, "0.5", "Units", "-1"),
        ("-6", -1_200_000, "0.000005", "Tokens", "-1200000"),
        ("-6", 5, "6", "Units", "-1"),
    ],
)
def test_prices_by_example(cost: str, tokens: int, price: str, unit: str, quantity: str) -> None:
    found = priced(Decimal(cost), tokens)
    assert (found.unit_price, found.unit) == (Decimal(price), unit)
    assert found.quantity == Decimal(quantity)
