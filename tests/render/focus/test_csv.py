"""FOCUS as CSV: for machines, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from ci_tokengate.render.focus.charge import Charge
from ci_tokengate.render.focus.columns import FocusVersion, columns
from ci_tokengate.render.focus.csv import csv_chunks, field
from ci_tokengate.render.focus.rows import focus_rows
from tests.stage.books import FORMULA, OCTOBER, cell, key


def table(*charges: Charge) -> list[dict[str, str]]:
    rows = (row for one in charges for row in focus_rows(one, FocusVersion.V1_2))
    text = b"".join(csv_chunks(rows, FocusVersion.V1_2, size=2)).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_a_job_named_like_a_formula_is_a_text_to_a_spreadsheet() -> None:
    [first, *_] = table(Charge(cell=cell(3, OCTOBER, "gemini/gemini-flash"), key=key(3)))
    assert first["x_Job"] == f"'{FORMULA}"


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r\n=1", " =1", "\u00a0=1", "\ufeff=1"),
        *("＝1+1", "a;=1", "a\t=1", "a\r=1", "a\n=1", "a;  @x"),
    ],
)
def test_nothing_that_could_begin_a_formula_stands_at_the_start_of_a_cell(text: str) -> None:
    """Nor after what separates cells where a comma does not."""
    shown = field(text)
    assert shown.replace("'", "", 1) == text
    before, _, after = shown.partition("'")
    assert after[0] in "=+-@＝"
    assert not before or before[-1] in ";\t\r\n \u00a0\ufeff"


@pytest.mark.parametrize(
    "text", ["acme/shop", "a=b", "fix-tests", "release/1.0-rc", "", "it's", "x@y", '{"pr": "7"}']
)
def test_other_texts_are_as_they_are(text: str) -> None:
    assert field(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("-0.5"), "-0.5"),
        (Decimal(1200000), "1200000.0"),
        (Decimal("1E-10"), "0.0000000001"),
        (Decimal("1.2E+3"), "1200.0"),
        (None, ""),
        (7, "7"),
        (date(2026, 10, 1), "2026-10-01"),
        (datetime(2026, 10, 1, tzinfo=timezone.utc), "2026-10-01T00:00:00Z"),
    ],
)
def test_numbers_are_in_fixed_notation_and_times_in_utc(value: object, text: str) -> None:
    assert field(value) == text  # type: ignore[arg-type]


def test_a_file_of_no_rows_has_its_columns() -> None:
    [header] = csv_chunks([], FocusVersion.V1_4)
    assert header.decode().strip().split(",") == [c.name for c in columns(FocusVersion.V1_4)]


def test_chunks_make_one_file_whatever_their_size() -> None:
    charge = Charge(cell=cell(12, OCTOBER, "gemini/gemini-flash"), key=key(12))
    rows = [*focus_rows(charge, FocusVersion.V1_2)] * 5
    whole = b"".join(csv_chunks(rows, FocusVersion.V1_2, size=1000))
    for size in (1, 2, 5, 20):
        assert b"".join(csv_chunks(rows, FocusVersion.V1_2, size=size)) == whole
