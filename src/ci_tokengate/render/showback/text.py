"""The report on a terminal, by rich: readable at 80 columns, plain where it is no terminal."""

from __future__ import annotations

import io

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from ci_tokengate.core.showback.values import Showback
from ci_tokengate.core.tier import Tier
from ci_tokengate.render.data import printable
from ci_tokengate.render.showback.phrases import Line, Name, written
from ci_tokengate.render.showback.tables import Row, Table, tables, trend_table
from ci_tokengate.render.showback.trust_words import trust_lines
from ci_tokengate.render.showback.words import (
    finding_line,
    headline,
    subject,
    title,
    trend_words,
)

MOST = 40
"""Rows of a table."""
_STYLES = {
    Tier.GREEN: "green",
    Tier.AMBER: "yellow",
    Tier.RED: "red",
    Tier.HARD_STOP: "bold red",
}


def text(report: Showback, *, width: int = 80, color: bool = False) -> str:
    """`width` in columns. Names stand in no markup: rich is given texts, never its own language."""
    console = Console(
        file=io.StringIO(),
        width=max(width, 60),
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    with console.capture() as captured:
        _print(console, report)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _print(console: Console, report: Showback) -> None:
    console.print(Text(_plain(title(report)), style="bold"))
    console.print(Text(headline(report), style="bold green"))
    for line in subject(report):
        console.print(Text(_plain(line), style="dim"))
    for table in [*tables(report, MOST), trend_table(report.weeks, "week")]:
        console.print()
        console.print(Text(table.title, style="bold cyan"))
        console.print(_table(table))
        for note in table.notes:
            console.print(Text(_plain(note), style="dim"))
        if table.title.endswith("by month"):
            console.print(Text(trend_words(report)))
        if table.title.startswith("Model mix"):
            for found in report.findings[:MOST]:
                console.print(Text(f"! {_plain(finding_line(found))}", style="yellow"))
    console.print()
    console.print(Text("How far these figures can be trusted", style="bold cyan"))
    for line in trust_lines(report):
        console.print(Text(f"· {_plain(line)}"))


def _table(table: Table) -> RichTable:
    drawn = RichTable(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), collapse_padding=True, show_edge=False
    )
    high = max(label.count(" ") for label in table.head[table.words :])
    for number, label in enumerate(table.head):
        words = number < table.words
        lines = 0 if words else label.count(" ")
        drawn.add_column(
            "\n" * (high - lines) + (label if words else label.replace(" ", "\n")),
            justify="left" if words else "right",
            overflow="fold",
            no_wrap=not words,
            header_style="dim",
        )
    for row in table.rows:
        drawn.add_row(*(_cell(row, number) for number in range(len(row.cells))), end_section=False)
    return drawn


def _cell(row: Row, number: int) -> Text:
    cell = row.cells[number]
    shown = printable(cell.text) if isinstance(cell, Name) else cell
    style = "bold" if row.total else _STYLES.get(row.tier, "") if number == 1 else ""
    return Text(shown, style=style)


def _plain(line: Line) -> str:
    return written(line, printable)
