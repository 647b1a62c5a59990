"""A Jenkinsfile's text without its comments, and the blocks that variables hold in. By its form: Groovy is not parsed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

_NEXT = re.compile(r"'''|\"\"\"|'|\"|//|/\*|[{}]")
_REST = {
    "'": re.compile(r"(?:[^'\\\n]|\\.)*'?"),
    '"': re.compile(r"(?:[^\"\\\n]|\\.)*\"?"),
}
_OPENS = re.compile(r"\b(?:stage|with[A-Z]\w*)\b\s*\(|(?:'[^'\n]*'|\"[^\"\n]*\")\s*:\s*$")
"""Also a branch of `parallel`. What `withEnv` and its like set stands before their block and holds within it."""

_STEP = re.compile(r"\b(?:sh|bat|pwsh|powershell)\b\s*\(?\s*(?:[^;{}\n]*\bscript\s*:\s*)?$")
_BEFORE = 120

_DEEPEST = 64


class _Block(NamedTuple):
    above: int
    depth: int


class Groovy:
    """text: comments are blanks, so that lines and columns are the file's. Block 0 is the whole file.

    steps: where the script of each `sh`, `bat`, `pwsh` and `powershell` begins and ends.
    """

    def __init__(self, text: str) -> None:
        self._blocks = [_Block(-1, 0)]
        self._starts, self._inside = [0], [0]
        self.steps: list[tuple[int, int]] = []
        self.text = self._read(text)

    def block(self, offset: int) -> int:
        """The innermost block around a character."""
        return self._inside[bisect_right(self._starts, offset) - 1]

    def around(self, block: int) -> Iterator[int]:
        """A block and those that it stands in, the whole file last."""
        while block >= 0:
            yield block
            block = self._blocks[block].above

    def _read(self, text: str) -> str:
        pieces: list[str] = []
        kept = at = since = 0
        stack: list[int] = []
        last_comment = text.rfind("*/")
        while match := _NEXT.search(text, at):
            token, at = match.group(), match.end()
            if token in ("//", "/*"):
                if token == "/*" and last_comment < at:  # never closed: no comment
                    continue
                end = text.find("\n", at) if token == "//" else text.find("*/", at) + 2
                at = end if end >= 0 else len(text)
                pieces += [text[kept : match.start()], _blank(text[match.start() : at])]
                kept = at
            elif token == "{":
                stack.append(self._open(text[since : match.start()], since))
                since = at
            elif token == "}":
                self._close(stack.pop() if stack else 0, at)
                since = at
            elif len(token) == 3:
                end = text.find(token, at)
                self._quoted(text, match.start(), at, end)
                at = end + 3 if end >= 0 else at
            else:
                rest = _REST[token].match(text, at)
                self._quoted(text, match.start(), at, rest.end() - 1 if rest else at)
                at = rest.end() if rest else at
        return "".join((*pieces, text[kept:]))

    def _quoted(self, text: str, start: int, at: int, end: int) -> None:
        """A string, from its quote and from its first character."""
        if _STEP.search(text[max(0, start - _BEFORE) : start]):
            self.steps.append((at, max(at, end)))

    def _open(self, head: str, since: int) -> int:
        """What a brace stands in; a new block begins at the word before it."""
        around = self._inside[-1]
        found = _OPENS.search(head)
        if found and self._blocks[around].depth < _DEEPEST:
            self._blocks.append(_Block(around, self._blocks[around].depth + 1))
            self._mark(since + found.start(), len(self._blocks) - 1)
        return around

    def _close(self, around: int, at: int) -> None:
        if self._inside[-1] != around:
            self._mark(at, around)

    def _mark(self, at: int, block: int) -> None:
        self._starts.append(at)
        self._inside.append(block)


def _blank(comment: str) -> str:
    return re.sub(r"[^\n]", " ", comment)
