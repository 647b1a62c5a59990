"""What a value in a workflow can be: all its alternatives as texts, in which one character stands for what is not known.

`${{ secrets.X }}/v1` becomes one character followed by `/v1`; the character says where it came from. So texts can be
cut, joined and searched like any text, and a secret is still known as one wherever it arrives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import product
from typing import NamedTuple

Value = tuple[str, ...]
"""Alternatives, at least one. `("",)` is empty or unset."""

_FIRST = 0xF0000
_OURS = re.compile(f"[{chr(_FIRST)}-{chr(0x10FFFF)}]")
_MOST_SOURCES = 60_000
_MOST = 32
"""More alternatives than that are cut: a matrix of hundreds says nothing new."""

_LONGEST = 1_000_000

UNSEEN = "what `"
"""How the name of a source begins that is a file which nobody can see here, or what a command prints."""
EMPTY: Value = ("",)
TRUE: Value = ("true",)
FALSE: Value = ("false",)
EITHER: Value = ("true", "false")


class Kind(Enum):
    SECRET = "secrets"
    VAR = "vars"
    TOKEN = "the job's own GitHub token"
    JOB_KEY = "the job key"
    PROXY = "the proxy's address"
    HEAD = "the head of a pull request"
    NUMBER = "the number of a pull request"
    OTHER = "other"


class Source(NamedTuple):
    kind: Kind
    name: str


class Sources:
    """The characters given out so far, in one run over one set of files."""

    def __init__(self) -> None:
        self._by_source: dict[Source, str] = {}
        self._by_char: dict[str, Source] = {}

    def value(self, kind: Kind, name: str) -> Value:
        return (self.char(kind, name),)

    def char(self, kind: Kind, name: str) -> str:
        source = Source(kind, name)
        char = self._by_source.get(source)
        if char is None:
            char = chr(_FIRST + min(len(self._by_source), _MOST_SOURCES))
            self._by_source[source] = char
            self._by_char.setdefault(char, source)
        return char

    def of(self, value: Iterable[str]) -> Iterator[Source]:
        """The sources that may be in any of these texts."""
        for text in value:
            if not text.isascii():
                for char in text:
                    if char in self._by_char:
                        yield self._by_char[char]

    def has(self, value: Iterable[str], *kinds: Kind) -> bool:
        return any(source.kind in kinds for source in self.of(value))


def is_unknown(text: str) -> bool:
    """Whether some of the text is not known."""
    return not text.isascii() and any(ord(char) >= _FIRST for char in text)


def unmarked(text: str) -> str:
    """A file's text without characters that would be taken for our own."""
    return text if text.isascii() else _OURS.sub("\ufffd", text)


def either(*values: Value) -> Value:
    """What can be any of these."""
    return tuple(dict.fromkeys(text for value in values for text in value))[:_MOST]


def joined(parts: list[Value]) -> Value:
    """Texts that follow each other. Of too many combinations, some in which each alternative is once."""
    if all(len(part) == 1 for part in parts):
        return (_joined([part[0] for part in parts]),)
    count = 1
    for part in parts:
        count *= len(part)
        if count > _MOST:
            return tuple(_joined([part[i % len(part)] for part in parts]) for i in range(_MOST))
    return tuple(dict.fromkeys(_joined(texts) for texts in product(*parts)))


def _joined(texts: Sequence[str]) -> str:
    """`A=$A$A` sixty times over would be longer than any memory."""
    return "".join(texts)[:_LONGEST]


def truth(value: Value) -> bool | None:
    """Whether it counts as true in a condition; None if that is not known."""
    seen = {None if is_unknown(text) else text not in ("", "false", "0") for text in value}
    return seen.pop() if len(seen) == 1 else None
