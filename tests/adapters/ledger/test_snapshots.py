"""A report is of one moment, whatever is written while it reads; and what is written is written whole."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from ci_tokengate.adapters.ledger.store import SqlLedger
from ci_tokengate.core.ledger.entry import Cell, LedgerKey
from ci_tokengate.core.ledger.records import Accepted
from tests.adapters.ledger.made import ALL, PROXY, cell, key, opened, total
from tests.adapters.ledger.reckoned import sums_agree
from tests.adapters.ledger.test_payers import NOVEMBER, pull


def seen(ledger: SqlLedger) -> tuple[object, ...]:
    return (
        total(ledger),
        [t.cost for t in ledger.day_totals(*ALL)],
        [p.cost for p in ledger.payers()],
        len(list(ledger.merges(*NOVEMBER))),
        len(list(ledger.cells(*ALL))),
        ledger.repositories(),
    )


def test_all_that_is_read_in_a_snapshot_is_of_its_first_reading(url: str) -> None:
    with opened(url) as ledger, opened(url) as other:
        ledger.accept([cell(1)], [key(1)])
        with ledger.snapshot():
            before = seen(ledger)
            other.accept([cell(1, version=2, cost="5"), cell(2)], [key(2, repository="acme/b")])
            other.put_pulls([pull(7)])
            assert total(other) == Decimal(6)
            assert seen(ledger) == before
            with ledger.snapshot():
                assert seen(ledger) == before
        assert seen(ledger) == seen(other) != before
        assert total(ledger) == Decimal(6)


def _before_each_begin(ledger: SqlLedger, act: Callable[[int], None]) -> list[int]:
    begun: list[int] = []

    def begins(_connection: Any) -> None:
        begun.append(len(begun))
        act(len(begun))

    event.listen(ledger._session.engine, "begin", begins)
    return begun


def test_a_writer_that_comes_between_the_sums_and_the_snapshot_is_waited_for(url: str) -> None:
    """The third transaction is the snapshot: marks are looked for, sums are made, it is taken."""
    with opened(url) as ledger, opened(url) as other:
        ledger.accept([cell(1)], [key(1)])

        def write(nth: int) -> None:
            if nth == 3:
                other.accept([cell(2)], [key(2)])

        begun = _before_each_begin(ledger, write)
        with ledger.snapshot():
            assert total(ledger) == Decimal(2)
        assert len(begun) == 6


def test_writers_that_never_rest_do_not_keep_a_report_from_being_made(url: str) -> None:
    with opened(url) as ledger, opened(url) as other:
        ledger.accept([cell(1)], [key(1)])

        def write(nth: int) -> None:
            if nth % 3 == 0 and nth <= 15:
                other.accept([cell(nth)], [key(nth)])

        begun = _before_each_begin(ledger, write)
        with ledger.snapshot():
            assert total(ledger) == Decimal(5)
        assert len(begun) == 15
        assert (total(ledger), sums_agree(ledger)) == (Decimal(6), True)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_portions_are_written_whole_or_not_at_all(url: str, size: int) -> None:
    numbers = range(1, 6)
    portions = [
        ([cell(n) for n in numbers[i : i + size]], [key(n) for n in numbers[i : i + size]])
        for i in range(0, len(numbers), size)
    ]

    def breaks_off() -> Any:
        yield from portions[:-1]
        raise KeyboardInterrupt

    with opened(url) as ledger:
        with pytest.raises(KeyboardInterrupt):
            ledger.accept_all(breaks_off)
        assert list(ledger.cells(*ALL)) == []
        assert ledger.accept_all(lambda: portions) == Accepted(new=5)
        assert ledger.accept_all(lambda: portions) == Accepted(same=5)
        assert ledger.accept_all(list) == Accepted()
        assert (total(ledger), sums_agree(ledger)) == (Decimal(5), True)


def test_a_portion_of_keys_without_cells_and_of_cells_without_keys(url: str) -> None:
    portions: list[tuple[list[Cell], list[LedgerKey]]] = [([], [key(1)]), ([cell(2)], [])]
    with opened(url) as ledger:
        assert ledger.accept_all(lambda: portions) == Accepted(new=1)
        assert [k for _, k in ledger.cells(*ALL)] == [LedgerKey(proxy=PROXY, key_id=f"{2:064x}")]
