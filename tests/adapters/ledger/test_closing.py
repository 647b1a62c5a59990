"""Months are closed; after that only corrections."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import permutations

import pytest

from ci_tokengate.core.ledger.entry import Bucket, EntryState
from ci_tokengate.core.ledger.records import Accepted, DayRead
from ci_tokengate.errors import UsageError
from tests.adapters.ledger.made import (
    ALL,
    PROXY,
    TODAY,
    At,
    cell,
    key,
    later,
    opened,
    settled,
    total,
)

OCTOBER = date(2026, 10, 15)
OLD = settled(cell(day=OCTOBER, cost="4", rest="1"))


def test_a_closed_month_stays_as_it_is_and_the_difference_is_booked_today(url: str) -> None:
    with opened(url) as ledger:
        ledger.accept([OLD], [key()])
        ledger.close_month("2026-10")
        before = list(ledger.spent(date(2026, 10, 1), date(2026, 11, 1)))
        newer = cell(day=OCTOBER, version=3, cost="6", team="another")
        assert ledger.accept([newer], []) == Accepted(corrections=1)
        assert list(ledger.spent(date(2026, 10, 1), date(2026, 11, 1))) == before
        [spent] = ledger.spent(date(2026, 11, 1), date(2026, 12, 1))
        [(booked, difference, whose)] = ledger.corrections(*ALL)
        assert ledger.facts().closed_months == ("2026-10",)
        [(kept, _)] = ledger.cells(*ALL)
    assert (spent.local_day, spent.cost, spent.corrected) == (TODAY.date(), Decimal(1), Decimal(1))
    assert (spent.requests, spent.input_tokens, spent.open_cost) == (2, 200, Decimal(0))
    assert spent.team_id == "payments", "the closed month has it under that team"
    assert (booked, whose, difference.cost) == (TODAY.date(), key(), Decimal(1))
    assert difference.parts[Bucket.REST].cost == Decimal(-1)
    assert kept.state is EntryState.CLOSED


def test_the_proxys_days_are_told_with_their_corrections(url: str) -> None:
    with opened(url) as ledger:
        ledger.accept([OLD], [key()])
        ledger.close_month("2026-10")
        ledger.accept([cell(day=OCTOBER, version=3, cost="6")], [])
        assert [(t.day, t.spend) for t in ledger.team_totals(*ALL)] == [(OCTOBER, Decimal(6))]


@pytest.mark.parametrize("order", list(permutations((2, 3, 4))))
def test_in_whatever_order_versions_come_all_they_add_is_added_once(
    order: tuple[int, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('ledger')}/l.db"
    with opened(url) as ledger:
        ledger.accept([OLD], [key()])
        ledger.close_month("2026-10")
        for version in order + order:
            ledger.accept([cell(day=OCTOBER, version=version, cost=str(10 * version))], [])
        assert total(ledger) == Decimal(40)


def test_a_cell_that_a_closed_month_never_had_is_a_correction(url: str) -> None:
    with opened(url) as ledger:
        ledger.close_month("2026-10")
        assert ledger.accept([cell(day=OCTOBER)], [key()]) == Accepted(corrections=1)
        assert ledger.accept([cell(day=OCTOBER)], [key()]) == Accepted(same=1)
        assert total(ledger) == Decimal(1)
        assert list(ledger.spent(date(2026, 10, 1), date(2026, 11, 1))) == []


def test_a_clock_that_is_behind_books_into_no_closed_month(url: str) -> None:
    with opened(url) as ledger:
        ledger.close_month("2026-10")
    with opened(url, clock=At(datetime(2026, 10, 20, tzinfo=timezone.utc))) as behind:
        behind.accept([cell(day=OCTOBER)], [key()])
        assert [s.local_day for s in behind.spent(*ALL)] == [date(2026, 11, 1)]


def test_a_month_is_closed_when_it_has_ended_in_the_ledgers_zone(url: str) -> None:
    clock = At(datetime(2026, 11, 1, 3, tzinfo=timezone.utc))
    with opened(url, zone="America/New_York", clock=clock) as ledger:
        with pytest.raises(UsageError, match="2026-10 has not ended: it is 2026-10-31"):
            ledger.close_month("2026-10")
        clock.moment = datetime(2026, 11, 1, 4, tzinfo=timezone.utc)
        ledger.close_month("2026-10")
        ledger.close_month("2026-10")
        assert ledger.facts().closed_months == ("2026-10",)


def test_a_month_with_open_entries_is_not_closed(url: str) -> None:
    with opened(url) as ledger:
        ledger.accept([cell(day=OCTOBER)], [key()])
        with pytest.raises(UsageError, match="2026-10 has 2 open entries, the last of 2026-10-15"):
            ledger.close_month("2026-10")


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-1", "2026", "", "0000-01", "2026-10-01", "٢٠٢٦-10"]
)
def test_what_is_no_month_is_told(month: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with (
        opened(f"sqlite:///{tmp_path_factory.mktemp('ledger')}/l.db") as ledger,
        pytest.raises(UsageError, match="is not a month"),
    ):
        ledger.close_month(month)


def test_what_is_forgotten_is_gone_and_its_sums_stay(url: str) -> None:
    clock = At()
    with opened(url, clock=clock, actors="keep") as ledger:
        cells = [OLD, settled(cell(2, day=date(2026, 9, 30))), settled(cell(3))]
        ledger.accept(cells, [key(1, actor="ada"), key(2), key(3)])
        ledger.close_month("2026-09")
        ledger.close_month("2026-10")
        ledger.accept([cell(day=OCTOBER, version=5, cost="9")], [])
        sums, totals = list(ledger.spent(*ALL)), list(ledger.team_totals(*ALL))
        assert ledger.forget_before(date(2026, 10, 10)) == 2
        assert [c.name.key_id for c, _ in ledger.cells(*ALL)] == [
            c.name.key_id for c in (OLD, cells[2])
        ]
        assert ledger.forget_before(date(2026, 12, 1)) == 3, "November is open"
        assert ledger.forget_before(date(2026, 12, 1)) == 0
        assert (list(ledger.spent(*ALL)), list(ledger.team_totals(*ALL))) == (sums, totals)
        clock.moment = later(20)
        ledger.close_month("2026-11")
        assert ledger.forget_before(date(2026, 12, 1)) == 2
        assert (list(ledger.cells(*ALL)), list(ledger.corrections(*ALL))) == ([], [])
        assert [s.cost for s in ledger.spent(*ALL)] == [s.cost for s in sums]


def test_what_was_forgotten_does_not_come_back(url: str) -> None:
    with opened(url) as ledger:
        ledger.accept([OLD], [key()])
        ledger.close_month("2026-10")
        assert ledger.repositories() == ["acme/shop"]
        ledger.forget_before(date(2026, 11, 1))
        assert ledger.repositories() == [], "its key is gone, with run and job"
        again = cell(day=OCTOBER, version=9, cost="9")
        assert ledger.accept([OLD, again], [key()]) == Accepted(same=1, older=1)
        assert total(ledger) == Decimal(5)


def test_sums_that_were_not_read_before_are_made_before_their_entries_are_forgotten(
    url: str,
) -> None:
    with opened(url) as ledger:
        ledger.accept([OLD], [key()])
        ledger.close_month("2026-10")
        assert ledger.forget_before(date(2026, 11, 1)) == 3
        assert total(ledger) == Decimal(5)


def read(day: date, *, proxy: str = PROXY, settled: bool = True) -> DayRead:
    return DayRead(proxy=proxy, day=day, rows=0, read_at=TODAY, quiet=2, settled=settled)


def test_a_month_with_days_that_were_not_read_to_their_end_is_closed_on_demand_only(
    url: str,
) -> None:
    """Of a proxy that was read before; one that came later has nothing to be read there."""
    first = date(2026, 10, 1)
    with opened(url) as ledger:
        for n in range(-1, 29):
            ledger.put_day_read(read(first + timedelta(days=n)))
        ledger.put_day_read(read(first + timedelta(days=29), settled=False))
        ledger.put_day_read(read(date(2026, 11, 2), proxy="https://new.acme.example"))
        with pytest.raises(
            UsageError, match=r"has 2 days that .* \(2026-10-30 to 2026-10-31\)"
        ) as told:
            ledger.close_month("2026-10")
        assert "--unread" in told.value.hint
        ledger.put_day_read(replace(read(first + timedelta(days=29)), read_at=later(1)))
        with pytest.raises(UsageError, match=r"has 1 day that .* \(2026-10-31\)"):
            ledger.close_month("2026-10")
        assert ledger.facts().closed_months == ()
        ledger.close_month("2026-09", unread=True)
        ledger.put_day_read(read(first + timedelta(days=30)))
        ledger.close_month("2026-10")
        assert ledger.facts().closed_months == ("2026-09", "2026-10")
