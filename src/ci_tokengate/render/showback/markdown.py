"""The report in Markdown: for the step summary, an issue, a discussion."""

from __future__ import annotations

from ci_tokengate.core.showback.values import Showback
from ci_tokengate.core.tier import Tier
from ci_tokengate.render.data import code
from ci_tokengate.render.markdown import escaped
from ci_tokengate.render.showback.mermaid import per_pull_chart, tier_chart, trend_chart
from ci_tokengate.render.showback.phrases import Line, Name, written
from ci_tokengate.render.showback.tables import (
    Row,
    Table,
    charge_table,
    difference_table,
    mix_table,
    per_pull_table,
    tier_table,
    trend_table,
    utilisation_table,
)
from ci_tokengate.render.showback.trust_words import trust_lines
from ci_tokengate.render.showback.words import (
    finding_line,
    headline,
    subject,
    title,
    trend_words,
)

LONGEST = 65_536
"""Characters of an issue or a discussion that GitHub takes."""
SIZES = (50, 20, 8, 3)
"""Rows of a table; the smaller ones where the text would be too long."""
_MARKS = {Tier.GREEN: "🟢", Tier.AMBER: "🟡", Tier.RED: "🔴", Tier.HARD_STOP: "⛔"}


def markdown(report: Showback, *, longest: int = LONGEST) -> str:
    """At most `longest` characters, as long as that is a few thousand."""
    texts = (_markdown(report, size) for size in SIZES)
    return next((t for t in texts if len(t) <= longest), _markdown(report, 1))


def _markdown(report: Showback, most: int) -> str:
    per_pull, mix = per_pull_table(report, most), mix_table(report, most)
    charge, budget = charge_table(report, most), utilisation_table(report, most)
    parts = [
        f"## {_line(title(report))}",
        f"**{escaped(headline(report))}**",
        "  \n".join(_line(line) for line in subject(report)),
        _part(per_pull, per_pull_chart(report)),
        _part(trend_table(report.months, "month"), trend_chart(report), trend_words(report)),
        _folded("By week", trend_table(report.weeks, "week")),
        _part(budget),
        _part(tier_table(report), tier_chart(report)),
        *(f"> [!WARNING]\n> {_line(finding_line(found))}" for found in report.findings[:most]),
        _folded("By use case and model", mix),
        _part(charge),
        "### How far these figures can be trusted",
        "\n".join(f"* {_line(line)}" for line in trust_lines(report)),
        _folded("The days that differ most", difference_table(report)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _part(table: Table, chart: str = "", words: str = "") -> str:
    if not table.rows:
        return ""
    notes = [f"<sub>{_line(note)}</sub>" for note in table.notes]
    found = [f"### {table.title}", escaped(words), chart, _table(table), *notes]
    return "\n\n".join(part for part in found if part)


def _folded(summary: str, table: Table) -> str:
    if not table.rows:
        return ""
    notes = "".join(f"\n\n<sub>{_line(note)}</sub>" for note in table.notes)
    return f"<details><summary>{summary}</summary>\n\n{_table(table)}{notes}\n\n</details>"


def _table(table: Table) -> str:
    ruler = ["---" if n < table.words else "--:" for n in range(len(table.head))]
    lines = [f"| {' | '.join(table.head)} |", f"|{'|'.join(ruler)}|"]
    return "\n".join([*lines, *(_row(row) for row in table.rows)])


def _row(row: Row) -> str:
    cells = [_cell(cell) for cell in row.cells]
    if row.tier in _MARKS:
        cells[1] = f"{_MARKS[row.tier]} {cells[1]}"
    if row.total:
        cells = [f"**{cell}**" if cell else "" for cell in cells]
    return f"| {' | '.join(cells)} |"


def _cell(cell: str | Name) -> str:
    return code(cell.text) if isinstance(cell, Name) else escaped(cell)


def _line(line: Line) -> str:
    return written(line, code, _plain)


def _plain(text: str) -> str:
    """Our own words, with the spaces at their ends; `collect` and the like stay code."""
    return text.replace("|", "\\|")
