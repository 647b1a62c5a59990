"""Who paid for pull requests and repositories: always what the entries and corrections add up to."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from ci_tokengate.adapters.ledger.schema import SCHEMAS
from ci_tokengate.adapters.ledger.store import SqlLedger
from ci_tokengate.core.ledger.records import Merge, PullRecord
from tests.adapters.ledger.made import ALL, TODAY, At, cell, key, later, opened, settled
from tests.adapters.ledger.older import set_back

NOVEMBER = (datetime(2026, 11, 1, tzinfo=timezone.utc), datetime(2026, 12, 1, tzinfo=timezone.utc))


def pull(number: int, merged: datetime | None = TODAY, **more: object) -> PullRecord:
    return PullRecord(
        host="github.com",
        repository="acme/shop",
        number=number,
        updated_at=TODAY,
        merged_at=merged,
        closed_at=merged,
        reverts=more.get("reverts"),  # type: ignore[arg-type]
    )


def paid(ledger: SqlLedger) -> dict[int, str | None]:
    return {m.number: m.paid_by for m in ledger.merges(*NOVEMBER)}


def test_a_merged_pull_request_is_paid_by_the_team_that_spent_most_of_all_days(url: str) -> None:
    with opened(url) as ledger:
        ledger.put_pulls([pull(7), pull(8), pull(9, None), pull(10, later(40))])
        cells = [
            cell(1, cost="3", team="a", day=date(2026, 9, 2)),
            cell(2, cost="2", team="b"),
            cell(3, cost="2", team="b", day=date(2026, 11, 4)),
        ]
        ledger.accept(cells[:2], [key(1, team_id="a"), key(2, team_id="b")])
        assert paid(ledger) == {7: "a", 8: None}
        ledger.accept(cells[2:], [key(3, team_id="b")])
        assert paid(ledger) == {7: "b", 8: None}


def test_of_equals_the_first_by_id_is_told_and_a_revert_with_what_it_reverts(url: str) -> None:
    with opened(url) as ledger:
        ledger.put_pulls([pull(7, reverts=3)])
        ledger.accept([cell(1, team="b"), cell(2, team="a")], [key(1), key(2)])
        assert list(ledger.merges(*NOVEMBER)) == [
            Merge(repository="acme/shop", number=7, merged_at=TODAY, reverts=3, paid_by="a")
        ]


def payers(ledger: SqlLedger) -> dict[tuple[str, str], Decimal]:
    return {(p.repository, p.team_id): p.cost for p in ledger.payers()}


def of_spent(ledger: SqlLedger) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in ledger.spent(*ALL):
        if row.attributed:
            found[row.repository, row.team_id] += row.cost
    return found


def test_newer_versions_and_corrections_move_the_sums_and_double_nothing(url: str) -> None:
    clock = At()
    with opened(url, clock=clock) as ledger:
        october = date(2026, 10, 5)
        ledger.accept([cell(1, day=october), cell(2), cell(3)], [key(1), key(2, pull=None)])
        assert payers(ledger) == of_spent(ledger)
        for version, cost in ((2, "5"), (3, "7")):
            ledger.accept([cell(1, version, cost, day=october), cell(2, version, cost)], [])
            assert payers(ledger) == of_spent(ledger)
        ledger.accept([settled(cell(1, 3, "7", day=october))], [])
        ledger.close_month("2026-10")
        ledger.accept([cell(1, 4, "4", day=october)], [])
        assert payers(ledger) == of_spent(ledger)
        assert payers(ledger)["acme/shop", "payments"] == 11
        ledger.forget_before(date(2026, 10, 20))
        assert payers(ledger)["acme/shop", "payments"] == 11


def test_what_is_no_job_of_ours_is_nobodys_payment(url: str) -> None:
    with opened(url) as ledger:
        ledger.accept([cell(1)], [])
        assert payers(ledger) == {}


def tables(path: Path) -> Iterable[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]


@pytest.mark.parametrize("refreshed", [True, False])
def test_a_ledger_of_the_first_schema_is_brought_up_to_date_with_its_sums(
    tmp_path: Path, refreshed: bool
) -> None:
    path = tmp_path / "ledger.db"
    url = f"sqlite:///{path}"
    with opened(url) as ledger:
        ledger.accept([cell(1), cell(2, cost="4", team="b")], [key(1), key(2, pull=None)])
        if refreshed:
            assert payers(ledger)
    set_back(url, "0001")
    with opened(url) as ledger:
        expected = {("acme/shop", "payments"): Decimal(1), ("acme/shop", "b"): Decimal(4)}
        assert payers(ledger) == expected
        assert ledger.facts().schema == SCHEMAS[-1]
    assert "payers" in tables(path)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_ledger_of_the_third_schema_knows_its_pull_requests_from_its_oldest_on(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    if engine == "postgresql":
        url = request.getfixturevalue("postgres_url")
    with opened(url) as ledger:
        old, new = replace(pull(1), updated_at=later(-30)), replace(pull(2), updated_at=later(-2))
        ledger.put_pulls([old, new, replace(pull(3), repository="acme/web")])
    set_back(url, "0003")
    with opened(url) as ledger:
        assert [(r.repository, r.since, r.until) for r in ledger.pulls_read()] == [
            ("acme/shop", later(-30), later(-2)),
            ("acme/web", TODAY, TODAY),
        ]
