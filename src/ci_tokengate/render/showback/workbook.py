"""The report as a spreadsheet, with charts of its own that follow the cells.

A cell of a spreadsheet is a float64: the JSON and the CSV have full precision. Names are written as
strings, never as formulas or links.
"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ci_tokengate.core.showback.values import Showback
from ci_tokengate.render.data import printable
from ci_tokengate.render.showback.phrases import Line, written
from ci_tokengate.render.showback.sheets import Chart, Sheet, sheets
from ci_tokengate.render.showback.trust_words import trust_lines
from ci_tokengate.render.showback.words import (
    finding_line,
    headline,
    subject,
    title,
    trend_words,
)

_DRAWN = 30
_FORMS = {"usd": '"$"#,##0.00', "percent": "0.0%", "number": "#,##0.##"}
_FROM_ZERO = {"min": 0}
"""A bar is as long as its figure: by itself the axis may begin at the least."""
_HEAD = {
    "bold": True,
    "bottom": 1,
    "text_wrap": True,
    "valign": "bottom",
    "bg_color": "#EEF0F4",
}


def workbook(report: Showback) -> bytes:
    """An .xlsx file. The same report makes the same bytes."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": written(title(report), printable), "created": report.made_at})
        writer = _Writer(book)
        writer.overview(report)
        for sheet in sheets(report):
            writer.write(sheet)
    return out.getvalue()


class _Writer:
    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._head = book.add_format(_HEAD)
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._lead = book.add_format({"bold": True, "font_size": 12})
        self._right = book.add_format({"align": "right"})
        self._formats = {
            name: book.add_format({"num_format": form}) for name, form in _FORMS.items()
        }

    def overview(self, report: Showback) -> None:
        sheet = self._book.add_worksheet("Overview")
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 110, self._wrap)
        lines: list[tuple[str, Any]] = [
            (_text(title(report)), self._title),
            (headline(report), self._lead),
            *((_text(line), self._wrap) for line in subject(report)),
            ("", None),
            (trend_words(report), self._wrap),
            *((_text(finding_line(f)), self._wrap) for f in report.findings[:20]),
            ("", None),
            ("How far these figures can be trusted", self._lead),
            *((_text(line), self._wrap) for line in trust_lines(report)),
        ]
        for number, (line, form) in enumerate(lines):
            sheet.write_string(number, 0, line, form)

    def write(self, found: Sheet) -> None:
        sheet = self._book.add_worksheet(found.name)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, len(found.head) - 1, 16)
        for column, label in enumerate(found.head):
            sheet.write_string(0, column, label, self._head)
        for number, row in enumerate(found.rows, 1):
            for column, value in enumerate(row):
                self._cell(sheet, found, number, column, value)
        if found.rows:
            sheet.autofilter(0, 0, len(found.rows), len(found.head) - 1)
            if found.chart is not None:
                self._chart(sheet, found, found.chart)

    def _cell(self, sheet: Worksheet, of: Sheet, number: int, column: int, value: Any) -> None:
        """A word among figures stands where they do."""
        figures = column in of.usd or column in of.percent
        kind = "usd" if column in of.usd else "percent" if column in of.percent else "number"
        if isinstance(value, str):
            sheet.write_string(number, column, value, self._right if figures else None)
        elif value is not None:
            sheet.write_number(number, column, float(value), self._formats[kind])

    def _chart(self, sheet: Worksheet, of: Sheet, wanted: Chart) -> None:
        """Beside the table, of the first thirty rows."""
        last = min(len(of.rows), _DRAWN)
        chart = self._book.add_chart({"type": wanted.kind})
        share = {"data_labels": {"percentage": True}} if wanted.kind == "doughnut" else {}
        for column in wanted.columns:
            chart.add_series(
                {
                    "name": [of.name, 0, column],
                    "categories": [of.name, 1, 0, last, 0],
                    "values": [of.name, 1, column, last, column],
                    **share,
                }
            )
        chart.set_title({"name": wanted.title, "name_font": {"size": 12}})
        if wanted.kind != "doughnut":
            tall = 18 * last if wanted.kind == "bar" else 0
            chart.set_size({"width": 620, "height": max(300, tall)})
            chart.set_legend({"none": True} if len(wanted.columns) == 1 else {"position": "bottom"})
        if wanted.kind == "bar":
            chart.set_y_axis({"reverse": True})
            chart.set_x_axis(_FROM_ZERO)
        elif wanted.kind == "column":
            chart.set_y_axis(_FROM_ZERO)
        sheet.insert_chart(1, len(of.head) + 1, chart)


def _text(line: Line) -> str:
    return written(line, printable)
