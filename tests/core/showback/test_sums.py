"""What must hold for any ledger: nothing is lost, nothing depends on how entries are cut or ordered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ci_tokengate.core.ledger.records import PullRecord, Spent
from ci_tokengate.core.showback.period import Month, local_day, midnight, weeks_before, zone_of
from ci_tokengate.core.showback.values import Showback
from tests.core.showback.readings import NOW, UTC, Books, a_policy, pull, reads, spent

AMOUNTS = st.integers(-(10**6), 10**14).map(lambda n: Decimal(n).scaleb(-10))
DAYS = st.dates(date(2026, 9, 20), date(2026, 11, 10))
TEAMS = st.sampled_from(["payments-squad", "search-squad", ""])
NUMBERS = st.one_of(st.none(), st.integers(1, 6))
POLICY = a_policy(payments_squad="800", search_squad="0")


@st.composite
def rows(draw: st.DrawFn) -> Spent:
    amount = draw(AMOUNTS)
    row = spent(
        str(amount),
        team=draw(TEAMS),
        pull=draw(NUMBERS),
        repository=draw(st.sampled_from(["acme/shop", "acme/Mono"])),
        day=draw(DAYS),
        use_case=draw(st.sampled_from(["code-review", "autocomplete"])),
        model=draw(st.sampled_from(["claude-haiku", "claude-opus", "x"])),
        cost_center=draw(st.sampled_from(["", "KEY"])),
        attributed=draw(st.booleans()),
        requests=draw(st.integers(0, 9)),
        tokens=draw(st.integers(0, 10**9)),
    )
    return row._replace(open_cost=amount if draw(st.booleans()) else Decimal(0))


@st.composite
def pulls(draw: st.DrawFn) -> list[PullRecord]:
    found = []
    for number in draw(st.sets(st.integers(1, 6))):
        ended = datetime(2026, 9, 25, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 1000)))
        owners = draw(st.dictionaries(st.sampled_from("ABC"), st.integers(1, 99)))
        found.append(
            pull(
                number,
                merged=ended if draw(st.booleans()) else None,
                closed=ended,
                repository=draw(st.sampled_from(["acme/shop", "acme/mono"])),
                reverts=draw(NUMBERS),
                owners=tuple(owners.items()),
            )
        )
    return found


@st.composite
def books(draw: st.DrawFn) -> Books:
    return Books(spent=draw(st.lists(rows(), max_size=30)), pulls=draw(pulls()), policy=POLICY)


@given(books(), st.data())
@settings(max_examples=150)
def test_the_report_is_the_same_over_any_partition_and_order_of_the_entries(
    whole: Books, data: st.DataObject
) -> None:
    parts: list[Spent] = []
    for row in whole.spent:
        part = Decimal(data.draw(st.integers(0, 10**12))).scaleb(-10)
        share = row._replace(
            cost=part,
            requests=0,
            input_tokens=0,
            open_cost=part if row.open_cost else Decimal(0),
        )
        rest = row._replace(
            cost=row.cost - part,
            open_cost=row.open_cost - part if row.open_cost else Decimal(0),
        )
        parts += [share, rest]
    cut = replace(whole, spent=data.draw(st.permutations(parts)), pulls=whole.pulls[::-1])
    assert cut.report() == whole.report()


@given(books())
@settings(max_examples=150)
def test_every_table_adds_up_to_the_months_spend_exactly(ledger: Books) -> None:
    report = ledger.report()
    month = [r for r in ledger.spent if date(2026, 10, 1) <= r.local_day < date(2026, 11, 1)]
    total = sum((r.cost for r in month), Decimal(0))
    assert report.trust.total == report.per_pull.spend == total
    assert sum(c.total for c in report.chargeback) == total
    assert sum(case.cost for case in report.mix) == total
    assert sum(t.per_pull.spend for t in report.teams) == total
    assert report.months[-1].spend == total
    assert sum(case.requests for case in report.mix) == sum(r.requests for r in month)


@given(books())
def test_what_teams_merged_adds_up_to_what_was_merged(ledger: Books) -> None:
    report = ledger.report()
    merged = [
        p for p in ledger.pulls if p.merged_at and p.merged_at.date().strftime("%Y-%m") == "2026-10"
    ]
    assert sum(t.per_pull.merged for t in report.teams) == report.per_pull.merged == len(merged)
    assert 0 <= report.per_pull.standing <= report.per_pull.merged
    assert report.months[-1].merged == len(merged)


@given(books(), st.integers(0, 3))
def test_months_part_the_ledger_nothing_counts_twice_or_never(ledger: Books, shift: int) -> None:
    now = NOW + timedelta(days=40 * shift)
    months = ["2026-09", "2026-10", "2026-11"]
    reports = [replace(ledger, now=max(now, NOW)).report(m) for m in months]
    assert sum(r.trust.total for r in reports) == sum((r.cost for r in ledger.spent), Decimal(0))
    known = [p for p in ledger.pulls if p.merged_at]
    assert sum(r.per_pull.merged for r in reports) == len(known)


@given(books())
def test_each_team_alone_is_its_line_in_the_whole(ledger: Books) -> None:
    whole: Showback = ledger.report()
    for team in whole.teams:
        if team.id:
            [alone] = [t for t in ledger.report(team=team.id).teams if t.id == team.id]
            assert alone == team


@given(books(), AMOUNTS)
def test_a_correction_is_spend_of_the_month_it_is_booked_in(ledger: Books, amount: Decimal) -> None:
    before = ledger.report()
    row = spent(str(amount))._replace(corrected=amount)
    after = replace(ledger, spent=[*ledger.spent, row]).report()
    assert after.trust.total - before.trust.total == amount
    assert after.trust.corrected - before.trust.corrected == amount


ZONES = st.sampled_from(
    ["UTC", "Asia/Kolkata", "America/New_York", "Pacific/Apia", "Europe/Berlin"]
)


YEARS = st.datetimes(
    datetime.fromisoformat("2002-01-01"),
    datetime.fromisoformat("2899-12-31T23:59:59.999999"),
    timezones=st.just(UTC),
)


@given(ZONES, YEARS)
def test_a_moment_lies_in_exactly_the_month_whose_midnights_are_around_it(
    name: str, moment: datetime
) -> None:
    zone = zone_of(name)
    month = Month.of(local_day(moment, zone))
    assert midnight(month.first, zone) <= moment < midnight(month.end, zone)


@given(st.dates(date(2001, 1, 1), date(2900, 1, 1)), st.integers(1, 60))
def test_weeks_follow_each_other_without_a_gap_up_to_the_day(day: date, count: int) -> None:
    weeks = weeks_before(day, count)
    assert len(weeks) == count
    assert weeks[-1][2] <= day < weeks[-1][2] + timedelta(days=7)
    assert all(a[2] == b[1] for a, b in pairwise(weeks))
    assert all(first.strftime("%G-W%V") == label for label, first, _ in weeks)


def test_reads_of_the_helper_cover_the_month() -> None:
    assert len(reads()) == 31
