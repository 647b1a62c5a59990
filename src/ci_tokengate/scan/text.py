"""One text to scan: a file, or the lines that a change adds to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_LOOK = 8000
_LFS = b"version https://git-lfs.github.com/spec/v1"
_REST = (b"ext-", b"oid sha256:", b"size ")
"""How the other lines of a pointer begin; a change may show no more than these."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """`path` is relative to the repository's root, with `/`.

    numbers: for the lines of a change, each line's number in the file, negative for one that is only
    context; None for a whole file. commit: the commit that added the lines, in a scan of history.
    """

    path: str
    data: bytes
    numbers: Sequence[int] | None = None
    commit: str = ""

    def number(self, line: int) -> int:
        """The file's number of a line of this text; 0 if the change did not add it."""
        if self.numbers is None:
            return line
        return max(0, self.numbers[line - 1]) if line <= len(self.numbers) else 0

    def lines(self) -> Mapping[int, bytes]:
        """The lines by their numbers in the file."""
        split = self.data.split(b"\n")
        if self.numbers is None:
            return dict(enumerate(split, 1))
        return {abs(n): line for n, line in zip(self.numbers, split, strict=False)}


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What was not scanned, and why: counted and named, never silent."""

    path: str
    why: str


def pointer(path: str, data: bytes) -> LeftOut | None:
    """What stands in git for a file that Git LFS keeps elsewhere."""
    rest = data.startswith(_REST) and all(
        line.startswith(_REST) and line.count(b" ") == 1 for line in data.splitlines()
    )
    if (data.startswith(_LFS) or (rest and b"oid sha256:" in data)) and len(data) < 1024:
        return LeftOut(path=path, why="Git LFS pointer, its content is elsewhere")
    return None


def readable(path: str, data: bytes) -> bytes | LeftOut:
    """The text as UTF-8, or why there is none. UTF-16 as Windows writes it is text, with or without a mark."""
    if data.find(b"\0", 0, _LOOK) < 0:
        return (pointer(path, data) or data) if data.startswith(_LFS) else data
    look = data[:_LOOK]
    for mark, name in _BOMS:
        if look.startswith(mark):
            return data.decode(name, "replace").encode("utf-8", "replace")
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if (
            len(look) > 3
            and look[first::2].count(0) > 0.45 * len(look)
            and look[1 - first :: 2].count(0) == 0
        ):
            return data.decode(name, "replace").encode("utf-8", "replace")
    return LeftOut(path=path, why="binary file")
