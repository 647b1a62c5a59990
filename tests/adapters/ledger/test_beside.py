"""Pull requests, budgets, the proxy's own sums, and how far it was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from ci_tokengate.core.ledger.records import BudgetRecord, DayRead, PullRecord, TeamDay
from tests.adapters.ledger.made import ALL, PROXY, TODAY, cell, key, later, opened

PULL = PullRecord(
    host="github.com",
    repository="acme/shop",
    number=7,
    updated_at=TODAY,
    opened_at=later(-3),
    merged_at=later(-1),
    closed_at=later(-1),
    base_ref="main",
    head_ref="=cmd|' /C calc'!A0",
    labels=("ai", "größer"),
    reverts=3,
    actor="ada",
    owners=(("ENGG-PAY", 2), ("ENGG-SEARCH", 1)),
)
NOVEMBER = (datetime(2026, 11, 1, tzinfo=timezone.utc), datetime(2026, 12, 1, tzinfo=timezone.utc))


def test_a_pull_request_comes_out_as_it_went_in_but_for_the_name(url: str) -> None:
    with opened(url) as ledger:
        ledger.put_pulls([PULL])
        assert list(ledger.pulls(*NOVEMBER)) == [replace(PULL, actor="")]
        assert ledger.pulls_until("github.com", "acme/shop") == TODAY
        assert ledger.pulls_until("github.com", "acme/else") is None


def test_of_a_pull_request_the_newest_is_kept_in_whatever_order(url: str) -> None:
    newer = replace(PULL, updated_at=later(1), labels=())
    with opened(url) as ledger:
        for some in ([newer, PULL], [PULL], [newer]):
            ledger.put_pulls(some)
        assert list(ledger.pulls(*NOVEMBER)) == [replace(newer, actor="")]


def test_pull_requests_of_a_month_are_those_that_ended_or_spent_in_it(url: str) -> None:
    def pull(number: int, **times: Any) -> PullRecord:
        return PullRecord(
            host="github.com", repository="acme/shop", number=number, updated_at=TODAY, **times
        )

    pulls = [
        pull(1, merged_at=NOVEMBER[0], closed_at=NOVEMBER[0]),
        pull(2, merged_at=NOVEMBER[1], closed_at=NOVEMBER[1]),
        pull(3, closed_at=later(0)),
        pull(4),
        pull(5),
    ]
    with opened(url) as ledger:
        ledger.put_pulls(pulls)
        ledger.accept([cell(4), cell(5, day=date(2026, 10, 9))], [key(4, pull=4), key(5, pull=5)])
        assert [p.number for p in ledger.pulls(*NOVEMBER)] == [1, 3, 4]


@pytest.mark.parametrize("actors", ["drop", "hash", "keep"])
def test_people_are_dropped_hashed_or_kept_as_the_ledger_was_made_to(url: str, actors: str) -> None:
    with opened(url, actors=actors) as ledger:
        ledger.put_pulls([PULL])
        ledger.accept([cell(1), cell(2)], [key(1, actor="ada"), key(2)])
        [pull] = ledger.pulls(*NOVEMBER)
        found = [whose.actor for _, whose in ledger.cells(*ALL)]
    if actors == "hash":
        assert len(pull.actor) == 64
        assert found == [pull.actor, ""], "the same person is told apart from others"
    else:
        assert [pull.actor, *found] == (["ada", "ada", ""] if actors == "keep" else ["", "", ""])


def test_people_of_pull_requests_that_ended_long_ago_are_forgotten(url: str) -> None:
    old = replace(PULL, merged_at=datetime(2026, 10, 9, tzinfo=timezone.utc), closed_at=None)
    with opened(url, actors="keep") as ledger:
        ledger.put_pulls([old, replace(PULL, number=8)])
        ledger.close_month("2026-10")
        ledger.forget_before(date(2026, 11, 1))
        both = ledger.pulls(datetime(2026, 10, 1, tzinfo=timezone.utc), NOVEMBER[1])
        assert [(p.number, p.actor) for p in both] == [(7, ""), (8, "ada")]


def test_spend_of_the_last_hours_of_a_time_is_in_it(url: str) -> None:
    noon = datetime(2026, 11, 3, 12, tzinfo=timezone.utc)
    with opened(url) as ledger:
        ledger.put_pulls([PullRecord(host="h", repository="acme/shop", number=7, updated_at=TODAY)])
        ledger.accept([cell()], [key()])
        assert [p.number for p in ledger.pulls(NOVEMBER[0], noon)] == [7]
        assert list(ledger.pulls(NOVEMBER[0], noon.replace(hour=0))) == []


def test_a_setting_for_people_stays_what_it_was(url: str) -> None:
    with opened(url, actors="hash"):
        pass
    with opened(url, actors="keep", zone="Asia/Tokyo") as ledger:
        assert (ledger.facts().actors, ledger.facts().zone) == ("hash", "UTC")


def test_of_a_team_the_last_budget_before_a_moment_is_told(url: str) -> None:
    def budget(team: str, days: int, spend: str) -> BudgetRecord:
        return BudgetRecord(
            proxy=PROXY,
            team_id=team,
            team=team,
            as_of=later(days),
            plan=Decimal("800.000000000000004"),
            spend=Decimal(spend),
            resets_at=later(10),
        )

    with opened(url) as ledger:
        ledger.put_budgets(
            [budget("a", -3, "1"), budget("a", -1, "2.10000000000000008"), budget("b", -2, "3")]
        )
        ledger.put_budgets([budget("a", 0, "4")])
        last = ledger.budgets(TODAY)
        assert [(b.team_id, b.spend, b.plan) for b in last] == [
            ("a", Decimal("2.1"), Decimal(800)),
            ("b", Decimal(3), Decimal(800)),
        ]
        assert last[0].max_budget is None
        assert ledger.budgets(later(-5)) == []


def test_the_proxys_sums_are_kept_where_they_were_read_later(url: str) -> None:
    def said(spend: str, read: int) -> TeamDay:
        return TeamDay(
            proxy=PROXY,
            team_id="t",
            day=date(2026, 11, 3),
            spend=Decimal(spend),
            read_at=later(read),
        )

    with opened(url) as ledger:
        ledger.put_team_days([said("2", 2), said("1", 1)])
        ledger.put_team_days([said("0", 0)])
        assert list(ledger.team_days(*ALL)) == [said("2", 2)]
        assert list(ledger.team_days(date(2026, 11, 4), ALL[1])) == []


def test_a_settled_day_settles_its_open_entries(url: str) -> None:
    day = date(2026, 11, 3)
    read = DayRead(proxy=PROXY, day=day, rows=2, read_at=TODAY, quiet=1)
    with opened(url) as ledger:
        ledger.accept([cell(1), cell(2, day=date(2026, 11, 4))], [key(1), key(2)])
        ledger.put_day_read(read)
        assert [s.open_cost for s in ledger.spent(*ALL)] == [Decimal(1), Decimal(1)]
        ledger.put_day_read(replace(read, settled=True))
        assert ledger.days_read(PROXY) == [read], "not read later"
        done = replace(read, settled=True, whole=False, read_at=later(1), gone=Decimal("0.5"))
        ledger.put_day_read(done)
        assert [s.open_cost for s in ledger.spent(*ALL)] == [Decimal(0), Decimal(1)]
        assert (ledger.days_read(PROXY), ledger.days_read("https://other")) == ([done], [])
