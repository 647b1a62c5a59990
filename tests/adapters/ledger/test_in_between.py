"""What another writer does in the midst of a transaction, in PostgreSQL, where it can."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

from ci_tokengate.adapters.ledger.store import SqlLedger
from tests.adapters.ledger.made import ALL, cell, key, opened, settled, total
from tests.adapters.ledger.reckoned import sums_agree


def _once_after(ledger: SqlLedger, part: str, act: Callable[[], None]) -> list[str]:
    """`act` is done within the ledger's transaction, after its first statement that has `part`."""
    done: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if part in statement and not done:
            done.append(statement)
            act()

    event.listen(ledger._session.engine, "after_cursor_execute", listen)
    return done


def _takes(url: str, lock: str) -> bool:
    """Whether another connection gets this lock at once."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"LOCK TABLE {lock} NOWAIT"))
        return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


def test_no_month_is_closed_while_cells_are_written_and_other_writers_go_on(
    postgres_url: str,
) -> None:
    got: list[bool] = []

    def try_locks() -> None:
        got.extend(
            _takes(postgres_url, f"months IN {mode} MODE") for mode in ("EXCLUSIVE", "SHARE")
        )

    with opened(postgres_url) as ledger:
        done = _once_after(ledger, "INSERT INTO entries", try_locks)
        ledger.accept([cell()], [key()])
        assert done
    assert got == [False, True]


def test_no_cell_is_written_while_a_month_is_closed_or_forgotten(postgres_url: str) -> None:
    got: list[bool] = []

    def try_lock() -> None:
        got.append(_takes(postgres_url, "months IN SHARE MODE"))

    with opened(postgres_url) as ledger:
        ledger.accept([settled(cell(day=date(2026, 10, 1)))], [key()])
        assert _once_after(ledger, "INSERT INTO months", try_lock) == []
        ledger.close_month("2026-10")
        assert _once_after(ledger, "DELETE FROM entries", try_lock) == []
        assert ledger.forget_before(date(2026, 11, 1)) == 2
    assert got == [False, False]


@pytest.mark.parametrize(
    "moment", ["marks.local_day", "DELETE FROM rollup", "INSERT INTO rollup_teams"]
)
def test_what_is_written_while_sums_are_made_is_added_up_the_next_time(
    moment: str, postgres_url: str
) -> None:
    with opened(postgres_url) as ledger, opened(postgres_url) as other:

        def write() -> None:
            other.accept([cell(1, version=2, cost="5"), cell(2)], [key(2, use_case="tests")])

        ledger.accept([cell(1)], [key(1)])
        done = _once_after(ledger, moment, write)
        first = next(ledger.spent(*ALL))
        assert done
        assert first.cost == 1, "its view is of one moment"
        assert total(ledger) == Decimal(6)
        assert sums_agree(ledger)


def test_only_one_reader_makes_the_sums(postgres_url: str) -> None:
    got: list[bool] = []
    with opened(postgres_url) as ledger:
        ledger.accept([cell()], [key()])
        _once_after(
            ledger,
            "marks.local_day",
            lambda: got.append(_takes(postgres_url, "rollup IN EXCLUSIVE MODE")),
        )
        assert total(ledger) == Decimal(1)
    assert got == [False]
