"""Rows become cells: exact, in any order, each call counted once."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.alias import Alias, attribution
from ci_tokengate.core.ledger.accrue import Accrual
from ci_tokengate.core.ledger.apportion import quantised
from ci_tokengate.core.ledger.entry import Bucket, Cell
from ci_tokengate.core.ledger.keys import KeyFacts
from ci_tokengate.core.money import exact_sum
from ci_tokengate.core.usage import UsageRow
from tests.core.usage_rows import a_row, an_alias
from tests.fakes import a_context

PROXY = "https://proxy.example"
MIDNIGHT = datetime(2026, 11, 24, tzinfo=timezone.utc)

rows = st.lists(
    st.builds(
        a_row,
        st.floats(min_value=0, max_value=100).map(repr),
        key_id=st.sampled_from(["id-1", "id-2"]),
        model=st.sampled_from(["claude-sonnet", "claude-haiku"]),
        started_at=st.integers(min_value=-100_000, max_value=100_000).map(
            lambda s: MIDNIGHT + timedelta(seconds=s)
        ),
        failed=st.booleans(),
        repeated=st.booleans(),
    ),
    max_size=40,
)


def accrued(rows: list[UsageRow], zone: str = "UTC") -> list[Cell]:
    accrual = Accrual(PROXY, ZoneInfo(zone) if zone != "UTC" else timezone.utc)
    for row in rows:
        accrual.add(row)
    return sorted(accrual.cells(), key=lambda c: c.name)


@given(rows, st.randoms())
def test_cells_are_the_same_in_any_order_and_add_up_to_the_rows(
    given: list[UsageRow], chance: random.Random
) -> None:
    cells = accrued(given)
    chance.shuffle(given)
    assert accrued(given) == cells
    for cell in cells:
        own = [r for r in given if r.answered and _name(r) == _short(cell)]
        assert cell.cost == quantised(exact_sum(r.spend for r in own))
        assert cell.version == cell.requests == len(own)
        assert cell.unpriced == sum(r.unpriced for r in own)


def _name(row: UsageRow) -> tuple[str, date, str]:
    assert row.started_at is not None
    return row.key_id, row.started_at.date(), row.model


def _short(cell: Cell) -> tuple[str, date, str]:
    return cell.name.key_id, cell.name.day, cell.name.model


def test_more_rows_make_a_newer_version() -> None:
    first, second = a_row("0.1"), a_row("0.2")
    assert accrued([first])[0].version < accrued([first, second])[0].version


def test_calls_that_nobody_answered_or_paid_leave_nothing() -> None:
    assert accrued([a_row("0", failed=True), a_row("0", failed=True, refusal="budget")]) == []
    paid = accrued([a_row("0.3", failed=True)])
    assert [(c.requests, c.cost) for c in paid] == [(1, Decimal("0.3"))]


def test_an_answer_of_the_proxys_own_cache_is_a_request_for_nothing() -> None:
    (cell,) = accrued([a_row("0", repeated=True)])
    assert (cell.requests, cell.unpriced, cell.cost) == (1, 0, Decimal(0))
    assert cell.parts[Bucket.INPUT].tokens == 60


def test_a_cell_without_input_tokens_still_has_an_entry_that_counts_its_calls() -> None:
    row = a_row("0.2", input_tokens=0, output_tokens=0, cache_read_tokens=0, cache_write_tokens=0)
    (cell,) = accrued([row])
    assert set(cell.parts) == {Bucket.INPUT, Bucket.REST}


def test_a_utc_day_with_a_local_midnight_in_it_is_two_cells() -> None:
    late = datetime(2026, 11, 30, 18, 29, tzinfo=timezone.utc)
    cells = accrued(
        [a_row("1", started_at=late), a_row("2", started_at=late + timedelta(minutes=1))],
        "Asia/Kolkata",
    )
    assert [(c.name.day, c.name.local_day, c.cost) for c in cells] == [
        (date(2026, 11, 30), date(2026, 11, 30), Decimal(1)),
        (date(2026, 11, 30), date(2026, 12, 1), Decimal(2)),
    ]


def _keys(row: UsageRow, *facts: KeyFacts) -> list[object]:
    accrual = Accrual(PROXY)
    accrual.add(row)
    (key,) = accrual.keys({f.id: f for f in facts})
    return [key.repository, key.pull_request, key.run_id, key.use_case, key.cost_center, key.actor]


def test_an_alias_of_ours_says_whose_a_key_is() -> None:
    assert _keys(a_row()) == ["acme/shop", 12, "777", "review", "", ""]


def test_metadata_adds_the_cost_center_where_it_is_of_the_same_job() -> None:
    about = attribution(a_context(), team="t", cost_center="ENGG-PAY", use_case="review")
    alias = an_alias()
    other = KeyFacts(id="id-1", alias=alias, attribution=about)
    assert _keys(a_row(), other)[4] == ""
    same = KeyFacts(id="id-1", alias=alias, attribution={**about, "repository": "acme/shop"})
    assert _keys(a_row(), same)[4] == "ENGG-PAY"


def test_a_name_that_an_alias_had_to_cut_is_whole_in_the_metadata() -> None:
    long = "acme/" + "x" * 300
    alias = str(
        Alias(
            repository=long,
            scope="7",
            run_id="1",
            run_attempt=1,
            job="j",
            use_case="u",
            nonce="n",
        )
    )
    about = {"repository": long, "pull_request": 7, "ref": "refs/pull/7/merge"}
    assert _keys(a_row(alias=alias), KeyFacts(id="id-1", attribution=about))[0] == long


def test_any_other_key_is_nobodys_pull_request() -> None:
    facts = KeyFacts(id="id-1", alias="somebody", user_id="ada")
    assert _keys(a_row(alias="somebody"), facts) == ["", None, "", "", "", "ada"]


@pytest.mark.parametrize("size", [1, 2, 400])
def test_portions_are_all_cells_and_keys_in_the_order_of_keys_and_none_twice(size: int) -> None:
    accrual = Accrual(PROXY)
    for n in (3, 1, 2, 3, 1):
        accrual.add(a_row("0.5", key_id=f"id-{n}", model=f"m-{n % 2}"))
    portions = list(accrual.portions({}, size))
    assert [len(keys) for _, keys in portions] == {1: [1, 1, 1], 2: [2, 1], 400: [3]}[size]
    cells = [cell for some, _ in portions for cell in some]
    assert cells == sorted(accrual.cells(), key=lambda c: c.name.key_id)
    assert [k for _, keys in portions for k in keys] == accrual.keys({})
    assert [accrual.find(c.name) for c in cells] == cells
    assert accrual.find(replace(cells[0].name, proxy="another")) is None
    assert accrual.find(replace(cells[0].name, model="another")) is None
