from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.governance.spike import Reading, Spike, SpikeRule, read_day

DAY = date(2026, 11, 28)
RULE = SpikeRule(factor=Decimal(3), floor=Decimal(20))
MONEY = st.decimals(min_value=-50, max_value=1000, places=2)


def _read(before: list[str], today: str | None, rule: SpikeRule = RULE) -> Spike:
    """The last of `before` is yesterday's."""
    spend = {DAY - timedelta(days=len(before) - i): Decimal(a) for i, a in enumerate(before)}
    if today is not None:
        spend[DAY] = Decimal(today)
    return read_day("t", spend, day=DAY, rule=rule)


@pytest.mark.parametrize(
    ("before", "today", "reading"),
    [
        (["10"] * 7, "30", Reading.SPIKE),
        (["10"] * 7, "29.99", Reading.USUAL),
        (["10"] * 7, "0", Reading.USUAL),
        (["10"] * 7, None, Reading.USUAL),
        (["1"] * 7, "19.99", Reading.BELOW_FLOOR),
        (["1"] * 7, "20", Reading.SPIKE),
        (["10"] * 6, "500", Reading.TOO_NEW),
        ([], "500", Reading.TOO_NEW),
        ([], "0", Reading.NO_BASELINE),
        ([], None, Reading.NO_BASELINE),
        (["5", *["0"] * 7], "500", Reading.NO_BASELINE),
        (["0"] * 7, "500", Reading.TOO_NEW),
        (["70", *["0"] * 6], "30", Reading.SPIKE),
        (["10"] * 6 + ["-1000"], "26", Reading.SPIKE),
        (["10"] * 7, "-5", Reading.USUAL),
    ],
)
def test_each_thin_case_has_an_outcome_of_its_own_and_none_is_an_alarm(
    before: list[str], today: str | None, reading: Reading
) -> None:
    assert _read(before, today).reading is reading


def test_only_the_seven_complete_days_before_count() -> None:
    found = _read(["9999", *["10"] * 7], "30")
    assert (found.mean, found.times, found.reading) == (Decimal(10), Decimal(3), Reading.SPIKE)


@given(st.lists(MONEY, max_size=12), MONEY, st.integers(1, 10), st.integers(0, 100))
def test_it_fires_exactly_when_the_definition_says(
    before: list[Decimal], today: Decimal, factor: int, floor: int
) -> None:
    rule = SpikeRule(factor=Decimal(factor), floor=Decimal(floor))
    found = _read([str(b) for b in before], str(today), rule)
    counted = [max(b, Decimal(0)) for b in before[-7:]]
    begun = next((i for i, b in enumerate(before) if b > 0), None)
    seven = begun is not None and len(before) - begun >= 7
    expected = (
        seven
        and sum(counted) > 0
        and max(today, Decimal(0)) * 7 >= sum(counted) * factor
        and max(today, Decimal(0)) >= floor
    )
    assert (found.reading is Reading.SPIKE) == expected


@given(st.lists(MONEY, min_size=7, max_size=12), MONEY, MONEY)
def test_more_spend_today_never_ends_an_alarm(
    before: list[Decimal], today: Decimal, more: Decimal
) -> None:
    lower, higher = sorted((today, more))
    spike = [
        _read([str(b) for b in before], str(t)).reading is Reading.SPIKE for t in (lower, higher)
    ]
    assert spike in ([False, False], [False, True], [True, True])
