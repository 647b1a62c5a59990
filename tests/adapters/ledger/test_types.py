"""No float reaches a column, and no moment without a zone."""

from __future__ import annotations

import ast
import sqlite3
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Date, Integer, Text, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from ci_tokengate.adapters.ledger.tables import ENTRIES, METADATA
from ci_tokengate.adapters.ledger.types import LIMIT, USD, Moment
from tests.adapters.ledger.made import TODAY, cell, key, opened
from tests.docs.tables import ROOT

DIALECTS: list[Any] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]
NO_MONEY = [0.1, 1, True, "1", float("nan"), [Decimal(1)]]
NO_AMOUNT = [
    *(Decimal(text) for text in ("NaN", "sNaN", "Infinity", "-Infinity", "1e-11", "0.00000000001")),
    *(LIMIT + Decimal("1e-10"), -LIMIT - 1, Decimal("1e30")),
]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.name)
@pytest.mark.parametrize("value", NO_MONEY, ids=repr)
def test_what_is_no_decimal_is_no_money(value: Any, dialect: Any) -> None:
    with pytest.raises(TypeError, match="Money is a Decimal"):
        USD().process_bind_param(value, dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.name)
@pytest.mark.parametrize("value", NO_AMOUNT, ids=str)
def test_what_a_ledger_cannot_hold_exactly_is_refused(value: Decimal, dialect: Any) -> None:
    with pytest.raises(ValueError, match=r"not an amount|more than a ledger|finer than 1e-10"):
        USD().process_bind_param(value, dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.name)
@given(units=st.integers(-(2**63) + 1, 2**63 - 1), shift=st.integers(0, 3))
def test_every_amount_comes_back_to_the_last_digit(dialect: Any, units: int, shift: int) -> None:
    amount = Decimal(units * 10**shift).scaleb(-10 - shift)  # the same with zeros behind
    kept = USD().process_bind_param(amount, dialect)
    assert USD().process_result_value(kept, dialect) == amount
    assert type(kept) is (int if dialect.name == "sqlite" else Decimal)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.name)
@pytest.mark.parametrize("value", [0.5, "1", Decimal(1)], ids=repr)
def test_money_that_a_database_gives_as_something_else_is_a_mistake(
    value: Any, dialect: Any
) -> None:
    if isinstance(value, Decimal) and dialect.name == "postgresql":
        return
    with pytest.raises(TypeError, match="The database gave money as"):
        USD().process_result_value(value, dialect)


def test_a_float_is_stopped_before_the_database_and_in_it(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/l.db") as ledger:
        ledger.accept([cell()], [key()])
        row = {"team_id": "", "provider_model": "", "version": 1, "state": "open", "bucket": "rest"}
        its = {"day": TODAY.date(), "local_day": TODAY.date(), "key_no": 1, "model": "m", **row}
        engine = ledger._session.engine
        with engine.begin() as connection, pytest.raises(StatementError, match="not float"):
            connection.execute(insert(ENTRIES), [{**its, "cost": 0.1}])
    raw = sqlite3.connect(tmp_path / "l.db")
    with pytest.raises(sqlite3.IntegrityError, match="cost_is_exact"):
        raw.execute("UPDATE entries SET cost = 0.5")
    raw.close()


def test_every_column_is_of_a_kind_that_is_exact() -> None:
    """And what is named after money is money."""
    money = {"cost", "spend", "plan", "max_budget", "gone", "open_cost", "corrected", "amount"}
    for table in METADATA.tables.values():
        for one in table.columns:
            exact = (Integer, Text, Date, USD, Moment)
            kind = type(one.type)
            assert isinstance(one.type, exact) or kind.__name__ in ("String", "Boolean"), one
            assert (kind is USD) == (one.name in money), one


def test_the_ledgers_code_makes_no_floats() -> None:
    """No float of its own, no `float`, and no division but where a ratio of decimals is meant."""
    places = ("adapters/ledger", "core/ledger")
    files = [p for place in places for p in (ROOT / "src/ci_tokengate" / place).rglob("*.py")]
    assert len(files) > 20
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            what = f"{path.name}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Name):
                assert node.id != "float", what
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                assert path.name in ("session.py", "schema.py"), f"{what}: only pauses are floats"
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                assert path.name in ("apportion.py", "reconcile.py"), what


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.name)
def test_a_moment_has_a_zone(dialect: Any) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Moment().process_bind_param(datetime(2026, 11, 1), dialect)  # noqa: DTZ001 - that is it
    with pytest.raises(TypeError, match="not str"):
        Moment().process_bind_param("2026-11-01", dialect)  # type: ignore[arg-type]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.name)
@given(
    st.datetimes(
        datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
        datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=st.integers(-23, 23).map(lambda h: timezone(timedelta(hours=h))),
    ),
)
def test_every_moment_comes_back_in_utc(dialect: Any, moment: datetime) -> None:
    kept = Moment().process_bind_param(moment, dialect)
    back = Moment().process_result_value(kept, dialect)
    assert back == moment
    assert back is not None
    assert back.utcoffset() == timedelta(0)


@given(st.lists(st.datetimes(timezones=st.just(timezone.utc)), min_size=2, max_size=2))
def test_moments_sort_in_sqlite_as_they_do_in_time(moments: list[datetime]) -> None:
    texts = [Moment().process_bind_param(moment, DIALECTS[0]) for moment in moments]
    assert (texts[0] < texts[1]) == (moments[0] < moments[1])
