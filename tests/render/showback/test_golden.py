"""Every form of the report, whole. UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator

from ci_tokengate.core.showback.values import Showback
from ci_tokengate.render.showback.as_csv import as_csv
from ci_tokengate.render.showback.as_json import as_json
from ci_tokengate.render.showback.page import page
from ci_tokengate.render.showback.posting import posting
from ci_tokengate.render.showback.slack import message
from ci_tokengate.render.showback.text import text
from ci_tokengate.render.showback.workbook import workbook
from tests.core.showback.readings import Books, the_articles
from tests.docs.tables import ROOT
from tests.render.showback import acme, hostile

GOLDEN = Path(__file__).parent / "golden"
SVG = re.compile(r'<svg xmlns="http://www.w3.org/2000/svg".*?</svg>', re.DOTALL)
REPORTS: dict[str, Callable[[], Showback]] = {
    "acme": acme.report,
    "articles": lambda: the_articles().report(),
    "empty": lambda: Books(reads=()).report(),
    "one-team": lambda: acme.report("search-squad"),
    "hostile": hostile.report,
    "unread": acme.unread,
    "never-read": lambda: replace(the_articles(), pulls=(), pulls_read=()).report(),
}


def without_charts(html: str) -> str:
    """What Vega draws changes with its version, and is looked at by other tests."""
    return SVG.sub("<svg/>", html)


def cells(data: bytes) -> str:
    """Each sheet's cells, and how many charts it has."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    lines = []
    for sheet in book:
        lines.append(f"== {sheet.title}, {len(sheet._charts)} charts")
        for row in sheet.iter_rows(values_only=True):
            lines.append(" | ".join("" if cell is None else str(cell) for cell in row).rstrip(" |"))
    return "\n".join(lines) + "\n"


FORMS: dict[str, Callable[[Showback], str]] = {
    "txt": text,
    "md": posting,
    "html": lambda r: without_charts(page(r)),
    "json": lambda r: json.dumps(as_json(r), indent=2) + "\n",
    "csv": as_csv,
    "xlsx.txt": lambda r: cells(workbook(r)),
    "slack.json": lambda r: json.dumps(message(r, link="https://acme.example/r"), indent=2) + "\n",
}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_each_report(name: str, form: str) -> None:
    found = FORMS[form](REPORTS[name]())
    path = GOLDEN / f"{name}.{form}"
    if "UPDATE_GOLDEN" in os.environ:
        path.write_bytes(found.encode())
    assert found == path.read_bytes().decode()


SCHEMA: dict[str, Any] = json.loads((ROOT / "schema" / "report.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("name", REPORTS)
def test_the_json_is_of_the_form_that_is_published(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    errors = Draft202012Validator(SCHEMA).iter_errors(as_json(REPORTS[name]()))
    assert [error.message for error in errors] == []


def test_the_published_form_refuses_what_is_not_of_it() -> None:
    body = as_json(REPORTS["articles"]())
    for wrong in (
        {**body, "more": 1},
        {**body, "trust": {**body["trust"], "total_usd": 4300.0}},
        {k: v for k, v in body.items() if k != "zone"},
    ):
        assert not Draft202012Validator(SCHEMA).is_valid(wrong)


def test_text_is_readable_at_80_columns_and_has_no_colour_when_it_is_no_terminal() -> None:
    for made in REPORTS.values():
        told = text(made())
        assert max(map(len, told.splitlines())) <= 80
        assert "\x1b" not in told
    assert "\x1b[" in text(acme.report(), color=True)


def test_the_same_report_makes_the_same_bytes() -> None:
    assert workbook(acme.report()) == workbook(acme.report())
    assert page(acme.report()) == page(acme.report())


def test_figures_of_a_spreadsheet_are_numbers_and_sum_to_the_total() -> None:
    report = acme.report()
    book = openpyxl.load_workbook(io.BytesIO(workbook(report)))
    sheet = book["Chargeback"]
    total = sum(row[4] for row in sheet.iter_rows(min_row=2, values_only=True))
    assert total == pytest.approx(float(report.trust.total))
    charts = {sheet.title: len(sheet._charts) for sheet in book}
    assert charts == {
        "Overview": 0,
        "Cost per merged PR": 1,
        "Months": 1,
        "Weeks": 1,
        "Budgets": 1,
        "Model mix": 0,
        "Tiers": 1,
        "Chargeback": 1,
        "Reconciliation": 0,
    }
