"""Cells in and out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ci_tokengate.core.ledger.entry import EntryState
from ci_tokengate.core.ledger.records import Accepted
from tests.adapters.ledger.made import ALL, At, cell, key, opened, settled, total


def test_what_goes_in_comes_out(url: str) -> None:
    wanted = cell(cost="0.0000000002", rest="-0.0000000001", unpriced=1)
    with opened(url) as ledger:
        assert ledger.accept([wanted], [key()]) == Accepted(new=1)
        assert list(ledger.cells(*ALL)) == [(wanted, key())]
        [spent] = ledger.spent(*ALL)
    assert spent.cost == Decimal("0.0000000001")
    assert (spent.requests, spent.unpriced, spent.input_tokens, spent.output_tokens) == (
        1,
        1,
        100,
        10,
    )
    assert spent.open_cost == spent.cost
    assert (spent.pull_request, spent.attributed) == (7, True)


def test_a_cell_is_kept_where_its_version_is_newer(url: str) -> None:
    with opened(url) as ledger:
        ledger.accept([cell(version=2, cost="2", rest="1")], [key()])
        assert ledger.accept([cell(version=1)], []) == Accepted(older=1)
        assert ledger.accept([cell(version=2, cost="9")], []) == Accepted(same=1)
        assert total(ledger) == 3
        assert ledger.accept([cell(version=3, cost="4")], []) == Accepted(newer=1)
        assert total(ledger) == 4, "a bucket that is no more is gone"


def test_of_several_readings_in_one_writing_the_newest_counts(url: str) -> None:
    with opened(url) as ledger:
        told = ledger.accept([cell(version=v, cost=str(v)) for v in (2, 3, 1, 3)], [key()])
        assert told == Accepted(new=1, same=3)
        assert total(ledger) == 3


def test_the_same_version_settles_what_was_open_and_never_opens_it(url: str) -> None:
    with opened(url) as ledger:
        ledger.accept([cell()], [key()])
        ledger.accept([settled(cell())], [])
        ledger.accept([cell()], [])
        [(kept, _)] = ledger.cells(*ALL)
        [spent] = ledger.spent(*ALL)
    assert kept.state is EntryState.SETTLED
    assert spent.open_cost == 0


def test_spend_of_no_job_of_ours_is_kept_and_unattributed(url: str) -> None:
    with opened(url) as ledger:
        ledger.accept([cell(1), cell(2)], [key(1)])
        assert {(s.attributed, s.cost) for s in ledger.spent(*ALL)} == {
            (True, Decimal(1)),
            (False, Decimal(1)),
        }
        assert ledger.repositories() == ["acme/shop"]


def test_a_key_that_becomes_known_later_takes_its_spend_along(url: str) -> None:
    with opened(url) as ledger:
        ledger.accept([cell()], [])
        assert [s.attributed for s in ledger.spent(*ALL)] == [False]
        ledger.accept([], [key()])
        ledger.accept([cell(version=2, cost="2")], [])
        assert [(s.attributed, s.cost) for s in ledger.spent(*ALL)] == [(True, Decimal(2))]


@pytest.mark.parametrize("name", ["acme/a-new-name", "zeta/another"])
def test_a_repository_that_was_renamed_keeps_its_new_name(name: str, url: str) -> None:
    """Its keys' aliases have the old one, and are read again and again."""
    old = key(alias="tokengate:acme/shop#7:1.1:agent:code-review:0a1b2c3d")
    with opened(url) as ledger:
        ledger.accept([cell()], [old])
        ledger.rename_repository("acme/shop", name)
        ledger.accept([cell(version=2, cost="2")], [old])
        assert ledger.repositories() == [name]
        assert [(s.repository, s.cost) for s in ledger.spent(*ALL)] == [(name, Decimal(2))]


def test_a_local_day_that_cannot_be_is_refused_and_nothing_is_kept(url: str) -> None:
    with opened(url) as ledger:
        with pytest.raises(ValueError, match="no local day"):
            ledger.accept([cell(1), cell(2, local_day=date(2026, 11, 5))], [key()])
        assert (total(ledger), ledger.repositories()) == (Decimal(0), [])


def test_a_cost_that_is_not_exact_is_refused_and_nothing_is_kept(url: str) -> None:
    with opened(url) as ledger:
        with pytest.raises(Exception, match="finer than 1e-10"):
            ledger.accept([cell(1), cell(2, cost="0.0000000003")], [key()])
        assert (total(ledger), ledger.repositories()) == (Decimal(0), [])


def test_utc_days_and_local_days_are_told_apart(url: str) -> None:
    late = cell(1, day=date(2026, 10, 31), local_day=date(2026, 11, 1))
    with opened(url, zone="Europe/Berlin", clock=At()) as ledger:
        ledger.accept([late, cell(1, day=date(2026, 10, 31))], [key()])
        november = [(s.local_day, s.cost) for s in ledger.spent(date(2026, 11, 1), ALL[1])]
        assert november == [(date(2026, 11, 1), Decimal(1))]
        assert [(t.day, t.spend) for t in ledger.team_totals(*ALL)] == [
            (date(2026, 10, 31), Decimal(2))
        ]
        [by_team, _] = ledger.spent_by_team(*ALL)
        assert (by_team.local_day, by_team.cost, by_team.requests) == (
            date(2026, 10, 31),
            Decimal(1),
            1,
        )
        assert type(by_team.requests) is int
