from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.governance.baseline import HIGH, LOW, Baseline, Basis, baseline_of

TODAY = date(2026, 11, 28)
MONEY = st.decimals(min_value=0, max_value=10**5, places=6)


def _days(*amounts: str | int, until: date = TODAY) -> dict[date, Decimal]:
    """The last of `amounts` was spent yesterday."""
    begun = until - timedelta(days=len(amounts))
    return {begun + timedelta(days=i): Decimal(a) for i, a in enumerate(amounts)}


def _baseline(*amounts: str | int, days: int = 60) -> Baseline:
    return baseline_of("t", _days(*amounts), today=TODAY, days=days)


def test_sixty_days_of_ten_dollars_are_three_hundred_a_month_and_a_plan_of_130_to_150_percent() -> (
    None
):
    found = _baseline(*[10] * 60)
    assert (found.observed, found.with_spend, found.basis) == (60, 60, Basis.FULL)
    assert (found.median, found.p95, found.period) == (Decimal(10), Decimal(10), Decimal(300))
    assert found.recommended == (Decimal(390), Decimal(450))


def test_quiet_days_are_part_of_a_month_and_no_part_of_a_usual_day() -> None:
    week = [10, 10, 10, 10, 10, 0, 0]
    found = _baseline(*week * 8, 10, 10, 10, 10)
    assert found.median == Decimal(10)
    assert found.with_spend == 44
    assert found.period == Decimal(440) * 30 / 60


def test_a_team_is_measured_from_its_first_spend_on() -> None:
    found = _baseline(0, 0, 0, *[10] * 30)
    assert (found.observed, found.basis, found.period) == (30, Basis.SHORT, Decimal(300))


@pytest.mark.parametrize(
    ("amounts", "basis"),
    [
        ((), Basis.NONE),
        ((0, 0, 0), Basis.NONE),
        ((5,), Basis.WEEK),
        ((5,) * 6, Basis.WEEK),
        ((5,) * 7, Basis.SHORT),
        ((5,) * 59, Basis.SHORT),
        ((5,) * 60, Basis.FULL),
    ],
)
def test_a_plan_is_recommended_from_a_week_on_and_called_full_from_sixty_days(
    amounts: tuple[int, ...], basis: Basis
) -> None:
    found = _baseline(*amounts)
    assert found.basis is basis
    assert (found.recommended is None) == (basis in (Basis.NONE, Basis.WEEK))


def test_today_and_what_lies_before_the_window_are_left_out() -> None:
    spend = _days(*[10] * 60) | {TODAY: Decimal(999), TODAY - timedelta(days=61): Decimal(999)}
    assert baseline_of("t", spend, today=TODAY, days=60).total == Decimal(600)


def test_a_day_far_out_is_named_and_the_figure_without_it_stands_beside() -> None:
    found = _baseline(*[10, 11, 9, 10] * 14, 200, 10, 10, 10)
    assert found.outliers == ((TODAY - timedelta(days=4), Decimal(200)),)
    assert found.period == Decimal(790) * 30 / 60
    assert found.period_without == Decimal(600) * 30 / 60


def test_no_day_of_a_steady_team_is_an_outlier_for_a_few_dollars() -> None:
    assert _baseline(*[10] * 30, 15, *[10] * 29).outliers == ()


@pytest.mark.parametrize(
    ("per_day", "plan"),
    [("24.7", "970"), ("0.0001", "0.01"), ("1", "39"), ("333.33", "13000"), ("0", None)],
)
def test_a_plan_is_rounded_up_to_what_a_person_would_write(per_day: str, plan: str | None) -> None:
    found = _baseline(*[per_day] * 60).recommended
    assert (None if found is None else found[0]) == (None if plan is None else Decimal(plan))


@given(st.lists(MONEY, max_size=90), st.integers(7, 90))
def test_figures_lie_where_they_must(amounts: list[Decimal], days: int) -> None:
    found = _baseline(*map(str, amounts), days=days)
    top = max(found.spend.values(), default=Decimal(0))
    assert 0 <= found.median <= found.p95 <= top
    assert found.with_spend <= found.observed <= days
    assert all(found.spend[day] == amount for day, amount in found.outliers)
    if found.recommended:
        low, high = found.recommended
        assert found.period * LOW / 100 <= low <= high
        assert found.period * HIGH / 100 <= high


@given(st.lists(MONEY, min_size=7, max_size=60), st.integers(2, 9))
def test_twice_the_spend_is_twice_the_baseline(amounts: list[Decimal], factor: int) -> None:
    once = _baseline(*map(str, amounts))
    more = _baseline(*(str(a * factor) for a in amounts))
    assert abs(more.period - once.period * factor) < Decimal("1e-12")
    assert [d for d, _ in more.outliers] == [d for d, _ in once.outliers]
