from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.durations import compact, parse_duration
from ci_tokengate.core.money import floor_micro, parse_cap, parse_usd, plain
from ci_tokengate.errors import UsageError
from ci_tokengate.render.money import percent, usd

BAD_AMOUNTS = ["5$", "$5", "NaN", "inf", "-1", "+1", "1e9", "1,5", "", " ", ".5", "5.", "٥", "1_0"]
AMOUNTS = st.decimals(min_value=0, max_value=10**8, places=10)


@pytest.mark.parametrize("text", BAD_AMOUNTS)
def test_what_is_no_plain_amount_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match="max-budget is"):
        parse_usd(text, "max-budget")


@pytest.mark.parametrize("text", ["0", "0.00"])
def test_a_cap_of_nothing_is_a_mistake(text: str) -> None:
    with pytest.raises(UsageError, match="not make a single call"):
        parse_cap(text, "max-budget")


@given(AMOUNTS)
def test_an_amount_survives_being_written_and_read(amount: Decimal) -> None:
    assert parse_usd(plain(amount), "x") == amount


@given(AMOUNTS)
def test_a_cap_is_never_rounded_up(amount: Decimal) -> None:
    assert amount - Decimal("0.000001") < floor_micro(amount) <= amount


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0.00"),
        ("3.415", "$3.42"),
        ("3.425", "$3.42"),
        ("1234.5", "$1,234.50"),
        ("0.00042", "$0.00042"),
        ("0.0093", "$0.0093"),
    ],
)
def test_amounts_as_people_read_them(amount: str, shown: str) -> None:
    assert usd(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("79.99", "79.9 %"), ("80", "80 %"), ("149.999", "149.9 %")]
)
def test_a_percentage_is_never_rounded_into_the_next_tier(value: str, shown: str) -> None:
    assert percent(Decimal(value)) == shown


@pytest.mark.parametrize("text", ["30 minutes", "30", "m", "0m", "-1m", "1d", "1.5h", "", "1h30m"])
def test_what_is_no_duration_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match="ttl is"):
        parse_duration(text, "ttl")


@given(st.integers(1, 999_999), st.sampled_from("smh"))
def test_a_duration_survives_being_written_and_read(number: int, unit: str) -> None:
    span = parse_duration(f"{number}{unit}", "ttl")
    assert parse_duration(compact(span), "ttl") == span
