"""FOCUS rows as Parquet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest

from ci_tokengate.adapters.exports.parquet import write_parquet
from ci_tokengate.render.focus.charge import Charge
from ci_tokengate.render.focus.columns import FocusRow, FocusVersion, columns
from ci_tokengate.render.focus.rows import focus_rows
from tests.stage.books import FORMULA, OCTOBER, cell, key


def rows(*numbers: int) -> Iterator[FocusRow]:
    for number in numbers:
        charge = Charge(cell=cell(number, OCTOBER, "gemini/gemini-flash"), key=key(number))
        yield from focus_rows(charge, FocusVersion.V1_2)


def table(found: Iterator[FocusRow], version: FocusVersion = FocusVersion.V1_2) -> Any:
    file = io.BytesIO()
    write_parquet(found, version, file)
    file.seek(0)
    return pq.read_table(file)


def test_all_values_come_back_as_they_were() -> None:
    given = list(rows(1, 2, 3, 6, 11))
    back = table(iter(given)).to_pylist()
    named = [c.name for c in columns(FocusVersion.V1_2)]
    assert back == [{name: row.get(name) for name in named} for row in given]
    assert isinstance(back[0]["BilledCost"], Decimal)
    assert back[0]["ChargePeriodStart"] == datetime(2026, 10, 1, tzinfo=timezone.utc)
    assert back[0]["x_LedgerDay"] == date(2026, 10, 1)


def test_a_text_that_a_spreadsheet_would_run_is_as_it_is() -> None:
    """No spreadsheet reads Parquet, and joins want the name itself."""
    assert FORMULA in table(rows(3)).column("x_Job").to_pylist()


@pytest.mark.parametrize("version", list(FocusVersion))
def test_a_month_of_nothing_has_the_columns_and_the_version(version: FocusVersion) -> None:
    found = table(iter(()), version)
    assert found.num_rows == 0
    assert found.schema.names == [column.name for column in columns(version)]
    assert found.schema.metadata[b"FocusVersion"].decode() == version.value
    assert str(found.schema.field("BilledCost").type) == "decimal128(38, 18)"


def test_rows_are_written_as_they_come() -> None:
    """Never more than a row group is held, whatever the number of rows."""
    file, seen = io.BytesIO(), []

    def many() -> Iterator[FocusRow]:
        [row, *_] = rows(1)
        for _ in range(20_001):
            seen.append(file.tell())
            yield row

    write_parquet(many(), FocusVersion.V1_2, file)
    assert seen[0] < seen[10_000] < seen[20_000]
    assert pq.ParquetFile(file).metadata.num_row_groups == 5
