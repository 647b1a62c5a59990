"""None read is not none merged: a denominator that nobody looked for is unknown, never zero."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ci_tokengate.core.ledger.records import PullsRead
from ci_tokengate.core.showback.values import Told
from tests.core.showback.readings import NOW, UTC, Books, merged, pulls_read, reads, spent

OCTOBER, NOVEMBER = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
SPENT = Books(spent=[spent("12")])


def told(books: Books, *known: PullsRead, month: str = "2026-10") -> Told:
    [team] = replace(books, pulls_read=known).report(month).teams
    return team.per_pull.told


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (pulls_read(), Told.WHOLE),
        (pulls_read(since=OCTOBER, until=NOVEMBER), Told.WHOLE),
        (pulls_read("ACME/Shop"), Told.WHOLE),
        (pulls_read(since=OCTOBER + timedelta(seconds=1)), Told.UNKNOWN),
        (pulls_read(until=NOVEMBER - timedelta(seconds=1)), Told.UNKNOWN),
        (pulls_read(until=None), Told.UNKNOWN),
        (pulls_read("acme/other"), Told.UNKNOWN),
    ],
    ids=["ever", "just", "case", "late", "early", "begun", "other"],
)
def test_a_month_is_known_where_pull_requests_were_read_from_its_begin_to_its_end(
    read: PullsRead, found: Told
) -> None:
    assert told(SPENT, read) is found


def test_where_none_were_ever_read_even_a_team_without_a_repository_knows_nothing() -> None:
    assert told(Books(spent=[spent("12", attributed=False)])) is Told.UNKNOWN
    assert told(Books(spent=[spent("12", attributed=False)]), pulls_read()) is Told.WHOLE
    empty = replace(Books(reads=()), pulls_read=())
    assert empty.report().per_pull.told is Told.UNKNOWN


def test_what_is_merged_of_some_repositories_is_the_least_and_the_whole_says_which_are_missing() -> (
    None
):
    rows = [spent("30"), spent("10", pull=1, repository="acme/Web"), spent("2", team="b")]
    books = Books(spent=rows, pulls=[merged(7)], pulls_read=[pulls_read()])
    report = books.report()
    by_team = {t.name: (t.per_pull.told, t.per_pull.unread) for t in report.teams}
    assert by_team == {
        "payments-squad": (Told.AT_LEAST, frozenset({"acme/web"})),
        "b": (Told.WHOLE, frozenset()),
    }
    assert report.per_pull.told is Told.AT_LEAST
    assert report.per_pull.unread == {"acme/web"}
    assert report.per_pull.per_merged == Decimal(42)


def test_a_running_month_is_known_up_to_the_day_before_the_proxy_was_read() -> None:
    now = datetime(2026, 10, 20, 9, tzinfo=timezone.utc)
    running = replace(SPENT, now=now, reads=reads(read_at=now))
    assert told(running, pulls_read(until=now - timedelta(hours=20))) is Told.WHOLE
    assert told(running, pulls_read(until=now - timedelta(hours=30))) is Told.UNKNOWN


def test_a_months_bounds_are_those_of_the_ledgers_zone() -> None:
    kolkata = replace(SPENT, zone="Asia/Kolkata")
    local = datetime(2026, 9, 30, 18, 30, tzinfo=UTC)
    assert told(kolkata, pulls_read(since=local)) is Told.WHOLE
    assert told(kolkata, pulls_read(since=local + timedelta(minutes=1))) is Told.UNKNOWN


def test_a_trend_tells_nothing_of_periods_for_which_nobody_read_pull_requests() -> None:
    rows = [spent("5", day=date(2026, 8, 9)), spent("5", day=date(2026, 9, 9)), spent("5")]
    books = Books(spent=rows, pulls=[merged(7)], pulls_read=[pulls_read(since=OCTOBER)])
    report = books.report()
    told = {p.label: (p.merged, p.per_merged, p.output_index) for p in report.months[-3:]}
    assert told == {
        "2026-08": (None, None, None),
        "2026-09": (None, None, None),
        "2026-10": (1, Decimal(5), Decimal(100)),
    }
    assert report.teams[0].months == report.months
    assert [p.merged is None for p in report.weeks] == [
        p.first < OCTOBER.date() for p in report.weeks
    ]
    assert NOW > NOVEMBER
