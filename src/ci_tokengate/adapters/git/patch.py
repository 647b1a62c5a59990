"""What a change adds, out of git's patches: one Text a file, with the context that git shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ci_tokengate.scan.text import LeftOut, Text

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_COMMIT = b"\x01commit "
COMMIT_FORMAT = "--format=format:%x01commit %H"
_ESCAPE = re.compile(rb'\\([abfnrtv"\\]|[0-7]{3})')
_ESCAPES = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b'"': b'"', b"\\": b"\\"}
_FLUSH = 16 << 20


def texts(lines: Iterable[bytes]) -> Iterator[Text | LeftOut]:
    """Streams: no more than one file's change is held, and of a long one no more than 16 MiB."""
    one = _File()
    commit = ""
    old = new = 0
    for line in lines:
        if old or new:
            mark = line[:1]
            old -= mark in (b" ", b"-")
            new -= mark in (b" ", b"+")
            if mark == b"+" or mark == b" ":
                one.add(line[1:], added=mark == b"+")
                if one.size > _FLUSH:
                    yield from one.text(commit)
                    one.restart()
            continue
        if hunk := _HUNK.match(line):
            old, new = int(hunk[1] or b"1"), int(hunk[3] or b"1")
            one.hunk(int(hunk[2]))
        elif line.startswith(b"diff --git "):
            yield from one.text(commit)
            one = _File()
        elif line.startswith(b"+++ "):
            one.path = _path(line[4:].rstrip(b"\n"))
        elif line.startswith(b"Binary files "):
            yield LeftOut(path=_binary_path(line), why="binary file")
        elif line.startswith(_COMMIT):
            yield from one.text(commit)
            one, commit = _File(), line[len(_COMMIT) :].strip().decode()
    yield from one.text(commit)


class _File:
    def __init__(self) -> None:
        self.path = ""
        self.restart()
        self._next = 0

    def restart(self) -> None:
        self.size = 0
        self._lines: list[bytes] = []
        self._numbers: list[int] = []

    def hunk(self, number: int) -> None:
        if self._lines:
            self._lines.append(b"\n")
            self._numbers.append(0)
        self._next = number

    def add(self, line: bytes, *, added: bool) -> None:
        self._lines.append(line)
        self._numbers.append(self._next if added else -self._next)
        self._next += 1
        self.size += len(line)

    def text(self, commit: str) -> Iterator[Text]:
        if self.path and any(n > 0 for n in self._numbers):
            yield Text(path=self.path, data=b"".join(self._lines), numbers=tuple(self._numbers), commit=commit)


def _path(raw: bytes) -> str:
    """`b/name`, quoted as C does where it is unusual. /dev/null is no file."""
    raw = raw.rstrip(b"\t\r")
    if raw.startswith(b'"') and raw.endswith(b'"'):
        raw = _ESCAPE.sub(_unescaped, raw[1:-1])
    return raw[2:].decode("utf-8", "surrogateescape") if raw.startswith(b"b/") else ""


def _unescaped(found: re.Match[bytes]) -> bytes:
    return _ESCAPES[found[1]] if len(found[1]) == 1 else bytes([int(found[1], 8) & 255])


def _binary_path(line: bytes) -> str:
    named = line[len(b"Binary files ") :].rstrip(b"\n").removesuffix(b" differ")
    before, _, after = named.partition(b" and ")
    shown = after if after != b"/dev/null" else before
    return shown.decode("utf-8", "replace").strip('"')[2:]
