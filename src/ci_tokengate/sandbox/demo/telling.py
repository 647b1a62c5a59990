"""Telling the story on a terminal: titles, who says what, and colours where they are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import click

_MARKS = {"✔": "green", "✖": "red", "!": "yellow", "?": "yellow"}
_LABEL = 12
_INDENT = 3


@dataclass(frozen=True, kw_only=True)
class Teller:
    """`color` False: none; None: where the output is a terminal. `width` is in columns."""

    width: int
    color: bool | None

    def title(self, text: str) -> None:
        self.line("")
        self.line(click.style(text, bold=True))

    def say(self, who: str, *sentences: str) -> None:
        """Each sentence wrapped, the first one labelled."""
        for sentence in sentences:
            self._one(who, sentence)
            who = ""

    def log(self, who: str, lines: Sequence[str]) -> None:
        """Lines of a program: its indented ones go on from those before."""
        self.say(who, *lines)

    def line(self, text: str) -> None:
        click.echo(text, color=self.color)

    def _one(self, who: str, sentence: str) -> None:
        mark, _, rest = sentence.partition(" ")
        hang = "  " if mark in _MARKS or sentence.startswith("  ") else ""
        lines = wrap(
            sentence,
            self.width - _INDENT - _LABEL,
            subsequent_indent=hang,
            break_on_hyphens=False,
            break_long_words=False,
        )
        if mark in _MARKS:
            lines[0] = f"{click.style(mark, fg=_MARKS[mark], bold=True)} {lines[0][2:]}"
        for place, text in enumerate(lines):
            label = click.style(f"{who if not place else '':{_LABEL}}", fg="cyan")
            self.line(f"{' ' * _INDENT}{label}{text}")
