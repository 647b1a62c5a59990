"""The report as a spreadsheet, with charts of its own that follow the cells.

A cell of a spreadsheet is a float64: the JSON and the CSV have full precision. Names are written as
strings, never as formulas or links.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ci_tokengate.core.showback.values import Period, Showback
from ci_tokengate.render.data import printable
from ci_tokengate.render.showback.phrases import Line, written
from ci_tokengate.render.showback.tables import NO_CENTER, NO_TEAM, NOT_A_JOB
from ci_tokengate.render.showback.words import (
    TIER_WORDS,
    finding_line,
    headline,
    subject,
    title,
    trend_words,
    trust_lines,
)

_LONGEST = 255
_DRAWN = 30
_USD, _PERCENT, _NUMBER = '"$"#,##0.00', "0.0%", "#,##0.##"
Rows = Sequence[Sequence["str | int | Decimal | None"]]


def workbook(report: Showback) -> bytes:
    """An .xlsx file. The same report makes the same bytes."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": written(title(report), printable), "created": report.made_at})
        _Writer(book, report).write()
    return out.getvalue()


class _Writer:
    def __init__(self, book: Workbook, report: Showback) -> None:
        self._book, self._report = book, report
        self._head = book.add_format(
            {
                "bold": True,
                "bottom": 1,
                "text_wrap": True,
                "valign": "bottom",
                "bg_color": "#EEF0F4",
            }
        )
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._lead = book.add_format({"bold": True, "font_size": 12})
        self._formats = {
            name: book.add_format({"num_format": form})
            for name, form in (("usd", _USD), ("percent", _PERCENT), ("number", _NUMBER))
        }

    def write(self) -> None:
        self._overview()
        self._per_pull()
        self._trend("Months", self._report.months)
        self._trend("Weeks", self._report.weeks)
        self._budgets()
        self._mix()
        self._chargeback()
        self._reconciliation()

    def _overview(self) -> None:
        sheet = self._book.add_worksheet("Overview")
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 110, self._wrap)
        lines: list[tuple[str, Any]] = [
            (_text(title(self._report)), self._title),
            (headline(self._report), self._lead),
            *((_text(line), self._wrap) for line in subject(self._report)),
            ("", None),
            (trend_words(self._report), self._wrap),
            *((_text(finding_line(f)), self._wrap) for f in self._report.findings[:20]),
            ("", None),
            ("How far these figures can be trusted", self._lead),
            *((_text(line), self._wrap) for line in trust_lines(self._report)),
        ]
        for number, (line, form) in enumerate(lines):
            sheet.write_string(number, 0, line, form)

    def _per_pull(self) -> None:
        head = ["Team", "Spend", "Merged", "Merged with AI", "Per merged PR", "Attributed only"]
        head += ["Net of reverted", "Abandoned"]
        rows = [
            [
                _name(t.name, NO_TEAM),
                t.per_pull.spend,
                t.per_pull.merged,
                t.per_pull.assisted,
                t.per_pull.per_merged,
                t.per_pull.per_merged_attributed,
                t.per_pull.per_standing,
                t.per_pull.abandoned_share,
            ]
            for t in self._report.teams
        ]
        sheet = self._table("Cost per merged PR", head, rows, usd=(1, 4, 5, 6), percent=(7,))
        self._chart(sheet, "column", "Cost per merged pull request, USD", len(rows), [4])

    def _trend(self, name: str, periods: Sequence[Period]) -> None:
        head = ["Period", "Spend", "Merged", "Per merged PR", "Spend index", "Output index"]
        rows = [
            [p.label, p.spend, p.merged, p.per_merged, p.spend_index, p.output_index]
            for p in periods
        ]
        sheet = self._table(name, head, rows, usd=(1, 3))
        self._chart(sheet, "line", "Spend against output, both from 100", len(rows), [4, 5])

    def _budgets(self) -> None:
        head = ["Team", "Tier", "Spend", "Plan", "Used", "Forecast", "Forecast of plan", "Method"]
        rows = [
            [
                _name(t.name, NO_TEAM),
                TIER_WORDS[t.utilisation.tier],
                t.utilisation.spend,
                t.utilisation.plan,
                _hundredth(t.utilisation.percent),
                t.utilisation.forecast,
                _hundredth(t.utilisation.forecast_percent),
                t.utilisation.method,
            ]
            for t in self._report.teams
        ]
        sheet = self._table("Budgets", head, rows, usd=(2, 3, 5), percent=(4, 6))
        self._chart(sheet, "bar", "Spent, and forecast, of the plan", len(rows), [4, 6])

    def _mix(self) -> None:
        head = ["Use case", "Model", "Tier", "Needs", "Spend", "Share", "Requests", "Tokens"]
        whole = self._report.trust.total
        rows = [
            [
                _name(case.use_case, NO_CENTER) if case.attributed else NOT_A_JOB,
                _name(model.model, ""),
                model.tier.value if model.tier else "",
                case.needs.value if case.needs else "",
                model.cost,
                model.cost / whole if whole else None,
                model.requests,
                model.tokens,
            ]
            for case in self._report.mix
            for model in case.models
        ]
        sheet = self._table("Model mix", head, rows, usd=(4,), percent=(5,))
        tiers: dict[str, Decimal] = {}
        for case in self._report.mix:
            for model in case.models:
                tier = model.tier.value if model.tier else "unknown"
                tiers[tier] = tiers.get(tier, Decimal(0)) + model.cost
        for number, (tier, cost) in enumerate(sorted(tiers.items()), 1):
            sheet.write_string(number, 10, tier)
            sheet.write_number(number, 11, float(cost), self._formats["usd"])
        sheet.write_string(0, 10, "Tier", self._head)
        sheet.write_string(0, 11, "Spend", self._head)
        if tiers:
            pie = self._book.add_chart({"type": "doughnut"})
            pie.set_title({"name": "Spend by tier of model"})
            pie.add_series(
                {
                    "categories": ["Model mix", 1, 10, len(tiers), 10],
                    "values": ["Model mix", 1, 11, len(tiers), 11],
                    "data_labels": {"percentage": True},
                }
            )
            sheet.insert_chart(1, 13, pie)

    def _chargeback(self) -> None:
        head = ["Cost center", "Its own", "Split", "Unattributed", "Total", "Share"]
        whole = self._report.trust.total
        rows = [
            [
                _name(c.cost_center, NO_CENTER),
                c.direct,
                c.split,
                c.unattributed,
                c.total,
                c.total / whole if whole else None,
            ]
            for c in self._report.chargeback
        ]
        sheet = self._table("Chargeback", head, rows, usd=(1, 2, 3, 4), percent=(5,))
        self._chart(sheet, "bar", "Chargeback, USD", len(rows), [4])

    def _reconciliation(self) -> None:
        head = ["UTC day", "Team", "Proxy", "Settled", "Ledger", "At the proxy", "Difference"]
        rows = [
            [
                d.day.isoformat(),
                _name(d.team, NO_TEAM),
                _name(d.proxy, ""),
                "no" if d.open else "yes",
                d.ledger,
                d.at_proxy,
                d.difference,
            ]
            for d in self._report.trust.reconciliation.worst
        ]
        self._table("Reconciliation", head, rows, usd=(4, 5, 6))

    def _table(
        self,
        name: str,
        head: Sequence[str],
        rows: Rows,
        *,
        usd: Sequence[int] = (),
        percent: Sequence[int] = (),
    ) -> Worksheet:
        """What is not known stays an empty cell."""
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, len(head) - 1, 16)
        for column, label in enumerate(head):
            sheet.write_string(0, column, label, self._head)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                kind = "usd" if column in usd else "percent" if column in percent else "number"
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write_number(number, column, float(value), self._formats[kind])
        if rows:
            sheet.autofilter(0, 0, len(rows), len(head) - 1)
        return sheet

    def _chart(
        self, sheet: Worksheet, kind: str, name: str, rows: int, columns: Sequence[int]
    ) -> None:
        """Beside the table, of the first thirty rows."""
        last = min(rows, _DRAWN)
        if not last:
            return
        chart = self._book.add_chart({"type": kind})
        for column in columns:
            chart.add_series(
                {
                    "name": [sheet.name, 0, column],
                    "categories": [sheet.name, 1, 0, last, 0],
                    "values": [sheet.name, 1, column, last, column],
                }
            )
        chart.set_title({"name": name, "name_font": {"size": 12}})
        chart.set_size({"width": 620, "height": max(300, 18 * last if kind == "bar" else 0)})
        if kind == "bar":
            chart.set_y_axis({"reverse": True})
        chart.set_legend({"none": True} if len(columns) == 1 else {"position": "bottom"})
        sheet.insert_chart(1, len(sheet.table.get(0, {})) + 1, chart)


def _text(line: Line) -> str:
    return written(line, printable)


def _name(text: str, nothing: str) -> str:
    return printable(text, _LONGEST) if text else nothing


def _hundredth(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent / 100
