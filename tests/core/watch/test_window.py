"""Local days out of UTC days and a few hours of the log: as if every call had been looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ci_tokengate.core.governance.spike import Reading, Spike, SpikeRule, read_day
from ci_tokengate.core.watch.window import (
    LOOK_BACK,
    Span,
    Window,
    could_be_spike,
    local_spend,
    window_at,
)

RULE = SpikeRule(factor=Decimal(3), floor=Decimal(20))
ZONES = [
    *("UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles"),
    *("Asia/Tokyo", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago"),
    *("Australia/Lord_Howe", "America/Santiago", "Africa/Cairo"),
]
HOUR = timedelta(hours=1)
Call = tuple[datetime, Decimal]


def utc(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)


def by_day(calls: Sequence[Call], zone: ZoneInfo) -> dict[date, Decimal]:
    found: dict[date, Decimal] = defaultdict(Decimal)
    for at, amount in calls:
        found[at.astimezone(zone).date()] += amount
    return found


def read(calls: Sequence[Call], window: Window) -> Spike:
    """As `lifecycle.look` does it."""

    def of(span: Span) -> Decimal:
        return sum((a for at, a in calls if span[0] <= at < span[1]), Decimal(0))

    spend = by_day(calls, ZoneInfo("UTC"))
    spend = {d: a for d, a in spend.items() if window.first <= d <= window.last}
    if not could_be_spike(spend, window, RULE):
        return Spike(team="t", day=window.day, today=Decimal(0), mean=None, reading=Reading.USUAL)
    edges = [of(span) for span in window.edges]
    for late in (Decimal(0), of(window.late)):
        days = local_spend(spend, window, today=of(window.today), edges=edges, late=late)
        found = read_day("t", days, day=window.day, rule=RULE)
        if found.reading is not Reading.TOO_NEW:
            break
    return found


FIRST = utc(2023, 12, 1)
NOWS = st.integers(0, 1582 * 24 * 4).map(lambda n: FIRST + n * HOUR / 4)
"""Any quarter of an hour up to April 2028."""
CALLS = st.lists(st.tuples(st.integers(0, 9 * 24 * 4), st.integers(0, 9)), max_size=8)
TODAY = st.integers(15, 45)


@given(st.sampled_from(ZONES), NOWS, CALLS, TODAY)
@example("America/Los_Angeles", utc(2024, 3, 10, 20), [(165 * 4, 3)], 60)
@example("Europe/Berlin", utc(2026, 3, 29, 15), [(300, 5), (700, 5)], 60)
@example("Asia/Tokyo", utc(2028, 2, 29, 9), [(700, 5)], 60)
@example("Pacific/Pago_Pago", utc(2026, 11, 28, 23), [(170 * 4, 5)], 60)
def test_it_fires_exactly_when_the_definition_says_in_every_zone(
    zone: str, now: datetime, drawn: list[tuple[int, int]], usd_now: int
) -> None:
    """Calls lie some quarters of an hour before now. More than nine days back there is none."""
    here = ZoneInfo(zone)
    calls = [(now - back * HOUR / 4, Decimal(usd)) for back, usd in [*drawn, (0, usd_now)]]
    window = window_at(now, here)
    wanted = read_day("t", by_day(calls, here), day=window.day, rule=RULE)
    found = read(calls, window)
    assert (found.reading is Reading.SPIKE) == (wanted.reading is Reading.SPIKE)
    if wanted.reading is Reading.SPIKE:
        assert (found.today, found.mean) == (wanted.today, wanted.mean)


@given(st.sampled_from(ZONES), NOWS)
def test_the_pieces_make_up_the_seven_days_and_overlap_nowhere(zone: str, now: datetime) -> None:
    window = window_at(now, ZoneInfo(zone))
    days = [(datetime(d.year, d.month, d.day, tzinfo=timezone.utc)) for d in window.whole]
    spans = sorted([*((d, d + 24 * HOUR) for d in days), *window.edges])
    assert (spans[0][0], spans[-1][1]) == (window.before, window.begins)
    assert all(one[1] == two[0] for one, two in pairwise(spans))
    assert window.begins <= now < window.ends
    assert len(window.edges) <= 2


@pytest.mark.parametrize(
    ("zone", "now", "day", "hours"),
    [
        ("UTC", utc(2028, 2, 29, 12), date(2028, 2, 29), 7 * 24),
        ("UTC", utc(2028, 3, 1, 12), date(2028, 3, 1), 7 * 24),
        ("UTC", utc(2026, 1, 1, 0, 0, 1), date(2026, 1, 1), 7 * 24),
        ("Europe/Berlin", utc(2026, 3, 29, 15), date(2026, 3, 29), 7 * 24),
        ("Europe/Berlin", utc(2026, 3, 30, 15), date(2026, 3, 30), 7 * 24 - 1),
        ("Europe/Berlin", utc(2026, 10, 26, 15), date(2026, 10, 26), 7 * 24 + 1),
        ("America/New_York", utc(2026, 12, 1, 2), date(2026, 11, 30), 7 * 24),
        ("Pacific/Auckland", utc(2026, 11, 30, 12), date(2026, 12, 1), 7 * 24),
    ],
)
def test_days_of_23_and_25_hours_the_ends_of_months_and_29_february_are_days(
    zone: str, now: datetime, day: date, hours: int
) -> None:
    window = window_at(now, ZoneInfo(zone))
    assert window.day == day
    assert window.begins - window.before == hours * HOUR


def test_a_zone_whose_midnights_are_utcs_needs_nothing_of_the_log() -> None:
    assert window_at(utc(2026, 11, 28, 16), ZoneInfo("UTC")).exact
    assert window_at(utc(2026, 1, 15, 16), ZoneInfo("Europe/London")).exact
    assert not window_at(utc(2026, 4, 1, 16), ZoneInfo("Europe/London")).exact


def test_two_weeks_are_read_of_the_proxys_days() -> None:
    window = window_at(utc(2026, 11, 28, 16), ZoneInfo("UTC"))
    assert (window.last - window.first).days == LOOK_BACK == 14
