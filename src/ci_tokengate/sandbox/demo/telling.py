"""Telling the story on a terminal: titles, who says what, and colours where they are wanted."""

from __future__ import annotations

import click

_MARKS = {"✔": "green", "✖": "red", "!": "yellow", "?": "yellow"}
_LABEL = 11
_INDENT = 3


class NotAsToldError(Exception):
    """Something went otherwise than the story says; the text is a sentence without its full stop."""


def expect(so: bool, sentence: str) -> None:
    """Raises NotAsToldError, with what should have been so."""
    if not so:
        raise NotAsToldError(sentence)


class Teller:
    """`width` is in columns; `color` False is none, None is some where the output is a terminal."""

    def __init__(self, *, width: int, color: bool | None) -> None:
        self.width, self._color, self._who = width, color, ""

    def title(self, text: str) -> None:
        self._who = ""
        self.line("")
        self.line(click.style(text, bold=True))

    def say(self, who: str, *sentences: str) -> None:
        """Each sentence wrapped; who speaks is named once."""
        for sentence in sentences:
            label = "" if who == self._who else who
            self._who = who
            self._one(label, sentence)

    def line(self, text: str) -> None:
        click.echo(text, color=self._color)

    def _one(self, label: str, sentence: str) -> None:
        mark = sentence.partition(" ")[0]
        deep = 2 if mark in _MARKS or sentence.startswith("  ") else 0
        words = sentence.removeprefix(mark) if mark in _MARKS else sentence
        lines = wrapped(words, self.width - _INDENT - _LABEL - deep)
        for place, text in enumerate(lines):
            edge = click.style(mark, fg=_MARKS[mark]) if mark in _MARKS and not place else ""
            start = edge + " " * (deep - len(click.unstyle(edge)))
            named = " " * _LABEL if place or not label else _named(label)
            self.line(f"{' ' * _INDENT}{named}{start}{text}")


def _named(label: str) -> str:
    return click.style(f"{label:{_LABEL}}", fg="cyan")


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, colours not counted; `61.9 %` and long words stay whole."""
    lines: list[list[str]] = [[]]
    room = width
    for word in text.replace(" %", "\xa0%").split(" "):
        size = len(click.unstyle(word))
        if not size:
            continue
        if lines[-1] and size + 1 > room:
            lines.append([])
        room = width - size if not lines[-1] else room - size - 1
        lines[-1].append(word)
    return [" ".join(line).replace("\xa0", " ") for line in lines]
