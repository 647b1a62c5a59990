"""What a change adds, out of git's patches: one Text a file, with the context that git shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ci_tokengate.scan.text import LeftOut, Text, pointer

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_COMMIT = b"\x01commit "
COMMIT_FORMAT = "--format=format:%x01commit %H"
_ESCAPE = re.compile(rb'\\([abfnrtv"\\]|[0-7]{3})')
_ESCAPES = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
    b'"': b'"',
    b"\\": b"\\",
}
_FLUSH = 16 << 20
BINARY = "binary file"
_LINK_TO_COMMIT = b"160000"


def texts(lines: Iterable[bytes]) -> Iterator[Text | LeftOut]:
    """Streams: no more than one file's change is held, and of a long one no more than 16 MiB."""
    one = _File()
    for line in lines:
        if one.in_hunk:
            one.line(line)
            if one.size > _FLUSH:
                yield from one.text()
                one.restart()
        elif line.startswith(b"Binary files "):
            yield LeftOut(path=_binary_path(line), why=BINARY)
        elif line.startswith(b"diff --git "):
            yield from one.text()
            one = _File(one.commit)
        elif line.startswith(_COMMIT):
            yield from one.text()
            one = _File(line[len(_COMMIT) :].strip().decode())
        else:
            one.header(line)
    yield from one.text()


class _File:
    """The change to one file, as far as it was read."""

    def __init__(self, commit: str = "") -> None:
        self.commit = commit
        self._path = ""
        self._module = False
        self._old = self._new = self._next = 0
        self.restart()

    def restart(self) -> None:
        self.size = 0
        self._lines: list[bytes] = []
        self._numbers: list[int] = []

    @property
    def in_hunk(self) -> bool:
        return self._old > 0 or self._new > 0

    def header(self, line: bytes) -> None:
        if hunk := _HUNK.match(line):
            self._old, self._new = int(hunk[1] or b"1"), int(hunk[3] or b"1")
            self._next = int(hunk[2])
            if self._lines:
                self._add(b"\n", 0)
        elif line.startswith((b"index ", b"new file mode ")):
            self._module = self._module or line.rstrip().endswith(_LINK_TO_COMMIT)
        elif line.startswith(b"+++ "):
            self._path = _path(line[4:].rstrip(b"\n"))

    def line(self, line: bytes) -> None:
        mark = line[:1]
        if mark in (b" ", b"-"):
            self._old -= 1
        if mark in (b" ", b"+"):
            self._new -= 1
            self._add(line[1:], self._next if mark == b"+" else -self._next)
            self._next += 1

    def text(self) -> Iterator[Text | LeftOut]:
        if not self._path or not any(n > 0 for n in self._numbers):
            return
        data = b"".join(self._lines)
        left = (
            LeftOut(path=self._path, why="submodule") if self._module else pointer(self._path, data)
        )
        if left:
            yield left
        else:
            yield Text(path=self._path, data=data, numbers=tuple(self._numbers), commit=self.commit)

    def _add(self, line: bytes, number: int) -> None:
        self._lines.append(line)
        self._numbers.append(number)
        self.size += len(line)


def _path(raw: bytes, side: bytes = b"b/") -> str:
    """`b/name`, quoted as C does where it is unusual. /dev/null is no file."""
    raw = raw.rstrip(b"\t\r")
    if raw.startswith(b'"') and raw.endswith(b'"'):
        raw = _ESCAPE.sub(_unescaped, raw[1:-1])
    return raw[2:].decode("utf-8", "surrogateescape") if raw.startswith(side) else ""


def _unescaped(found: re.Match[bytes]) -> bytes:
    return _ESCAPES[found[1]] if len(found[1]) == 1 else bytes([int(found[1], 8) & 255])


def _binary_path(line: bytes) -> str:
    """Of `a/name and b/name`: the name itself may hold an "and", and then both sides say the same."""
    named = line[len(b"Binary files ") :].rstrip(b"\n").removesuffix(b" differ")
    parts = named.split(b" and ")
    cuts = ((b" and ".join(parts[:n]), b" and ".join(parts[n:])) for n in range(1, len(parts)))
    pairs = [(_path(old, b"a/"), _path(new)) for old, new in cuts]
    agreed = [old or new for old, new in pairs if old == new or not (old and new)]
    return next(filter(None, [*agreed, *(new for _, new in pairs)]), "")
