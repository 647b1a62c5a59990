"""A row's buckets add up to its spend, whatever the proxy says of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ci_tokengate.core.ledger.apportion import QUANTUM, quantised, rounded
from ci_tokengate.core.ledger.entry import Bucket
from ci_tokengate.core.ledger.split import BUCKETS, costs_of, tokens_of
from ci_tokengate.core.money import exact_sum
from ci_tokengate.core.usage import Charge, UsageRow
from tests.core.usage_rows import a_row

SONNET = Charge(
    input=Decimal("3e-06"),
    output=Decimal("1.5e-05"),
    cache_read=Decimal("3e-07"),
    cache_write=Decimal("3.75e-06"),
)
amounts = st.floats(min_value=0, max_value=1e4).map(lambda f: Decimal(repr(f)))
any_spend = st.floats(min_value=-1e4, max_value=1e4).map(lambda f: Decimal(repr(f)))
counts = st.integers(min_value=0, max_value=10_000_000)
charges = st.none() | st.builds(
    Charge,
    input=any_spend,
    output=amounts,
    cache_read=amounts,
    cache_write=amounts,
    discount=amounts,
)


def named(row: UsageRow) -> dict[Bucket, Decimal]:
    return {b: cost for b, cost in zip(BUCKETS, costs_of(row), strict=True) if cost}


@given(any_spend, charges, charges, counts, counts, counts, counts)
def test_the_buckets_of_any_row_add_up_to_its_spend(
    spend: Decimal,
    charge: Charge | None,
    prices: Charge | None,
    tokens: int,
    output: int,
    read: int,
    written: int,
) -> None:
    row = a_row(
        str(spend),
        charge=charge,
        prices=prices,
        input_tokens=tokens,
        output_tokens=output,
        cache_read_tokens=read,
        cache_write_tokens=written,
    )
    costs = costs_of(row)
    assert exact_sum(costs) == spend
    assert all(cost >= 0 for cost in costs[:4])
    assert costs[4] >= min(spend, -(charge.discount if charge else 0) - abs(spend) - 1)
    assert all(count >= 0 for count in tokens_of(row))


@given(st.lists(any_spend, min_size=1, max_size=6))
@example([Decimal("128.71626316935")])  # half to even looks at the whole, not at what is over
@example([Decimal("-0.00000000015"), Decimal("0.00000000005")])
def test_rounded_amounts_add_up_to_their_rounded_sum(given: list[Decimal]) -> None:
    found = rounded(given)
    assert exact_sum(found) == quantised(exact_sum(given))
    for amount, part in zip(given, found, strict=True):
        assert abs(part - amount) < QUANTUM
        assert part == quantised(part)
        assert amount or not part


def test_the_proxys_own_account_names_the_buckets() -> None:
    """As LiteLLM 1.106.2 has it: its input cost holds both of the cache's."""
    charge = Charge(
        input=Decimal("0.004275") - Decimal("0.00015") - Decimal("0.0011250000000000001"),
        output=Decimal("0.003"),
        cache_read=Decimal("0.00015"),
        cache_write=Decimal("0.0011250000000000001"),
    )
    assert named(a_row("0.007275", charge=charge)) == {
        Bucket.INPUT: Decimal("0.0029999999999999999"),
        Bucket.OUTPUT: Decimal("0.0030000000000000000"),
        Bucket.CACHE_READ: Decimal("0.00015"),
        Bucket.CACHE_WRITE: Decimal("0.0011250000000000001"),
    }


def test_tools_and_margins_are_in_the_rest() -> None:
    charge = Charge(input=Decimal("0.003"), output=Decimal("0.002"))
    assert named(a_row("0.0155", charge=charge))[Bucket.REST] == Decimal("0.0105")


def test_a_discount_makes_the_rest_negative_and_nothing_else_does() -> None:
    account = {"input": Decimal("0.03"), "output": Decimal("0.07")}
    taken_off = Charge(**account, discount=Decimal("0.02"))
    assert named(a_row("0.08", charge=taken_off))[Bucket.REST] == Decimal("-0.02")
    nonsense = Charge(**account)
    assert named(a_row("0.08", charge=nonsense)) == {Bucket.REST: Decimal("0.08")}


def test_without_an_account_the_price_list_cuts_where_it_explains_the_spend() -> None:
    tokens = {
        "input_tokens": 2000,
        "output_tokens": 200,
        "cache_read_tokens": 500,
        "cache_write_tokens": 300,
    }
    assert named(a_row("0.007875000000000001", prices=SONNET, **tokens)) == {
        Bucket.INPUT: Decimal("0.003600000000000001"),
        Bucket.OUTPUT: Decimal("0.003"),
        Bucket.CACHE_READ: Decimal("0.00015"),
        Bucket.CACHE_WRITE: Decimal("0.001125"),
    }
    assert named(a_row("0.0125", prices=SONNET, **tokens)) == {Bucket.REST: Decimal("0.0125")}


@pytest.mark.parametrize("charge", [None, Charge()])
def test_spend_that_nothing_explains_is_the_rest(charge: Charge | None) -> None:
    assert named(a_row("0.5", charge=charge)) == {Bucket.REST: Decimal("0.5")}


def test_a_call_without_a_price_costs_nothing_in_any_bucket() -> None:
    assert named(a_row("0", charge=Charge(input=Decimal(1)))) == {}


def test_input_tokens_are_told_without_the_caches() -> None:
    row = a_row(input_tokens=1800, cache_read_tokens=500, cache_write_tokens=300)
    assert tokens_of(row) == (1000, 20, 500, 300)


def test_a_cache_larger_than_the_input_was_no_part_of_it() -> None:
    row = a_row(input_tokens=10, cache_read_tokens=500, cache_write_tokens=0)
    assert tokens_of(row) == (10, 20, 500, 0)
