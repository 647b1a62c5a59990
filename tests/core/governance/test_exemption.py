from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.governance.exemption import (
    Exemption,
    Phase,
    extra_for_use_case,
    next_change,
    phase_of,
    window,
)
from ci_tokengate.errors import UsageError

NOON = datetime(2026, 12, 1, 12, tzinfo=timezone.utc)
BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")


def _exemption(
    begins: int = 0, ends: int = 24, *, extra: str = "100", team: str = "search", use_case: str = ""
) -> Exemption:
    """Hours from noon."""
    return Exemption(
        name="e",
        team=team,
        use_case=use_case,
        extra=Decimal(extra),
        starts_at=NOON + timedelta(hours=begins),
        ends_at=NOON + timedelta(hours=ends),
        reason="release",
        requested_by="octocat",
    )


@pytest.mark.parametrize(
    ("hours", "phase"),
    [(-1, Phase.AHEAD), (0, Phase.IN_FORCE), (23, Phase.IN_FORCE), (24, Phase.OVER)],
)
def test_a_window_has_its_first_moment_and_not_its_last(hours: int, phase: Phase) -> None:
    now = NOON + timedelta(hours=hours)
    assert phase_of(_exemption(), now) is phase
    assert _exemption().in_force(now) is (phase is Phase.IN_FORCE)


@pytest.mark.parametrize(
    ("first", "last", "zone", "starts", "ends"),
    [
        (date(2026, 12, 1), date(2026, 12, 1), BERLIN, "2026-11-30T23:00", "2026-12-01T23:00"),
        (date(2026, 12, 1), date(2026, 12, 1), KOLKATA, "2026-11-30T18:30", "2026-12-01T18:30"),
        (date(2026, 3, 29), date(2026, 3, 29), BERLIN, "2026-03-28T23:00", "2026-03-29T22:00"),
        (date(2026, 10, 25), date(2026, 10, 25), BERLIN, "2026-10-24T22:00", "2026-10-25T23:00"),
        (
            date(2028, 2, 29),
            date(2028, 2, 29),
            timezone.utc,
            "2028-02-29T00:00",
            "2028-03-01T00:00",
        ),
        (
            date(2026, 12, 31),
            date(2027, 1, 1),
            timezone.utc,
            "2026-12-31T00:00",
            "2027-01-02T00:00",
        ),
    ],
)
def test_a_date_is_a_whole_day_of_the_zone_also_where_clocks_change(
    first: date, last: date, zone: ZoneInfo, starts: str, ends: str
) -> None:
    found = window(first, last, zone)
    assert [f"{moment:%Y-%m-%dT%H:%M}" for moment in found] == [starts, ends]


def test_a_time_with_an_offset_is_that_moment_and_one_without_is_the_zones() -> None:
    aware = datetime.fromisoformat("2026-12-01T09:00+05:30")
    starts, ends = window(aware, datetime.fromisoformat("2026-12-01T09:00"), BERLIN)
    assert (starts.hour, starts.minute) == (3, 30)
    assert ends.hour == 8


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 12, 2), date(2026, 12, 1)),
        (datetime.fromisoformat("2026-12-01T09:00"), datetime.fromisoformat("2026-12-01T09:00")),
        (datetime.fromisoformat("2026-12-01T09:00"), datetime.fromisoformat("2026-12-01T08:59")),
    ],
)
def test_a_window_that_is_reversed_or_empty_is_a_mistake(first: date, last: date) -> None:
    with pytest.raises(UsageError, match=r"ends .* before it begins"):
        window(first, last, timezone.utc)


def test_an_exemption_counts_for_its_own_team_and_use_case_only() -> None:
    found = [
        _exemption(extra="1"),
        _exemption(extra="10", use_case="review"),
        _exemption(extra="100", use_case="agent"),
        _exemption(extra="1000", team="payments"),
        _exemption(-9, -1, extra="10000"),
    ]
    assert extra_for_use_case(found, team="search", use_case="review", now=NOON) == 11
    assert extra_for_use_case(found, team="search", use_case="batch", now=NOON) == 1


HOURS = st.integers(-100, 100)
WINDOWS = st.builds(
    lambda begins, length, extra: _exemption(begins, begins + length, extra=str(extra)),
    HOURS,
    st.integers(1, 50),
    st.integers(1, 1000),
)


@given(st.lists(WINDOWS, max_size=8), HOURS)
def test_what_is_in_force_is_nothing_after_the_last_window(
    found: list[Exemption], hours: int
) -> None:
    now = NOON + timedelta(hours=hours)
    extra = extra_for_use_case(found, team="search", use_case="any", now=now)
    assert extra == sum(e.extra for e in found if e.starts_at <= now < e.ends_at)
    if all(e.ends_at <= now for e in found):
        assert extra == 0
        assert next_change(found, now) is None


@given(st.lists(WINDOWS, max_size=8), HOURS, HOURS)
def test_between_two_changes_nothing_changes(found: list[Exemption], one: int, other: int) -> None:
    first, last = sorted(NOON + timedelta(hours=h) for h in (one, other))
    change = next_change(found, first)
    if change is None or last < change:
        assert extra_for_use_case(
            found, team="search", use_case="any", now=first
        ) == extra_for_use_case(found, team="search", use_case="any", now=last)
