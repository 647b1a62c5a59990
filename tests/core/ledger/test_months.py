"""Months by their names."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.ledger.months import month_days, month_of


@given(st.dates(max_value=date(9998, 12, 31)))
def test_a_day_is_in_the_month_that_it_names(day: date) -> None:
    first, end = month_days(month_of(day))
    assert first <= day < end
    assert (first.day, end.day) == (1, 1)
    assert month_of(end - timedelta(days=1)) == month_of(day)
