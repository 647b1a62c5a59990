"""Where a value stands, and what is written around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from ci_tokengate.scan.keys.blocks import above, below, indent_of, left_of, path, right_of
from ci_tokengate.scan.keys.own import above_list, first_of_list, own_name, said

_REACH = 500
_FURTHER = 800
_ABOVE, _BELOW = 6, 4
_USER = re.compile(rb"://[^/\s@]*\Z")
_HOST = re.compile(rb"@([\w.\-]{1,255})")
_CHECKSUM = re.compile(rb"(?: [ *]|\t)[\w./]")
"""What follows a checksum at the begin of a line: md5sum's two spaces or its star, and a file's name."""
_CHECKED = re.compile(rb"(?:MD5|SHA[\d-]{1,8}|BLAKE\w{1,6}) ?\([^()]{1,200}\) ?= ?\Z")
"""The same as OpenSSL and BSD write it: MD5(a.py)= ..."""
_CELL = re.compile(rb"[\w .-]{2,40}")
_GIVEN = re.compile(
    rb"(?:(?<!port)key|token|secret|password)\w{0,9}[\"'\])]{0,3}\s{0,3}(?::|=>?|:=)\s{0,3}[^\s{\[(=>]",
    re.IGNORECASE,
)
"""What gives a key on a line: MISTRAL_API_KEY=..., or Mistral(api_key=...)."""
_ELSEWHERE = re.compile(
    rb"(?!\s*(?:#|//|\*|;|<!--)).*?(?:(?:https?|wss?)://(?:[^/\s@\"']{0,99}@)?|\A\s*host: ?)[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)
"""A host, but for one that a comment names: what stands beyond it speaks of another's."""
_BRACKETS = b" \t\r[]{}(),;"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a value stands: what is left of it on its line, and the lines around it."""

    data: bytes
    start: int
    end: int

    @cached_property
    def left(self) -> bytes:
        floor = max(0, self.start - _REACH)
        return self.data[max(floor, self.data.rfind(b"\n", floor, self.start) + 1) : self.start]

    @cached_property
    def line_end(self) -> int:
        stop = self.data.find(b"\n", self.end, self.end + _REACH)
        return stop if stop >= 0 else min(len(self.data), self.end + _REACH)

    @property
    def right(self) -> bytes:
        return self.data[self.end : self.line_end]

    @cached_property
    def own(self) -> bytes:
        """The name that the value is given to."""
        return self.column or own_name(first_of_list(self.left, self._value), self._line_above)

    @property
    def said(self) -> bytes:
        """What says what the value is, on its line or the one before."""
        return said(self.left, self._line_above)

    @property
    def _value(self) -> bytes:
        return self.data[self.start : self.end]

    @cached_property
    def _before(self) -> bytes:
        top = self.start - len(self.left)
        return self.data[max(0, top - _REACH) : top].rstrip()

    @cached_property
    def _line_above(self) -> bytes:
        """The line before; the one before all of them, where values stand in a list, one a line."""
        return above_list(self._before.split(b"\n"), self._value)

    @cached_property
    def column(self) -> bytes:
        """The name of its column, where the text is a table whose first line names them: CSV, TSV."""
        mark = self.left.rstrip(b" \"'")[-1:]
        if not self._before or mark not in (b",", b"\t", b";"):
            return b""
        first = self.data[:_REACH].partition(b"\n")[0].split(mark)
        at = self.left.count(mark)
        if len(first) != at + 1 + self.right.count(mark):
            return b""
        cells = [cell.strip(b" \r\"'") for cell in first]
        return cells[at] if all(_CELL.fullmatch(cell) for cell in cells) else b""

    @cached_property
    def host(self) -> bytes:
        """Of a URL in which the value is the user or the password."""
        found = _HOST.match(self.data, self.end)
        return found[1] if found and _USER.search(self.left) else b""

    @property
    def is_checksum(self) -> bool:
        """It stands in a list of checksums, beside the name of a file."""
        if not self.left.strip():
            return _CHECKSUM.match(self.data, self.end) is not None
        return self.left.rstrip(b" =")[-1:] == b")" and bool(_CHECKED.search(self.left[-220:]))

    def nearest(self, names: re.Pattern[bytes], *, lines: bool = True) -> int | None:
        """How far away one of the names is; on another line, 1000 a line, if `lines` count."""
        left = left_of(self.left)
        before = [m.end() for m in names.finditer(left)]
        if before:
            return len(left) - before[-1]
        if found := names.search(right_of(self.right)):
            return found.start()
        return self._on_other_lines(names) if lines else None

    @cached_property
    def path(self) -> bytes:
        """The names of the blocks in which it stands, outermost first, with dots between them."""
        return path(self.left, self._above)

    @cached_property
    def _above(self) -> list[bytes]:
        """The lines above, the nearest first."""
        top = self.start - len(self.left)
        return self.data[max(0, top - _FURTHER) : top].split(b"\n")[-2::-1]

    def _on_other_lines(self, names: re.Pattern[bytes]) -> int | None:
        own = self.left + self.right
        up = self._above
        ends = self.data.startswith(b"\n", self.line_end)
        further = _REACH if ends else 0  # else what follows is more of the same line
        down = self.data[self.line_end + 1 : self.line_end + further].split(b"\n")
        down = down[: _after_some(down, _BELOW)]
        far = [1000 * n + 1000 for n in _counting(above, own, up, names)]
        nearer = self._host_above(up, names)
        far += [1000 * n + 1500 for n in _counting(below, own, down, names) if n <= nearer]
        return min(far, default=None)

    def _host_above(self, up: Sequence[bytes], names: re.Pattern[bytes]) -> int:
        """How many lines up another's host is; where a shell's command begins here, it is of another."""
        if self.right.rstrip().endswith(b"\\") and not (up and up[0].rstrip().endswith(b"\\")):
            return _ABOVE + _FURTHER
        hosts = (n for n in above(self.left, up, names) if _is_elsewhere(up[n]))
        first = next(hosts, None)
        return _ABOVE + _FURTHER if first is None or names.search(up[first]) else first


def _after_some(lines: Sequence[bytes], most: int) -> int:
    """How many lines hold so many with more than brackets."""
    said = 0
    for n, line in enumerate(lines):
        said += bool(line.strip(_BRACKETS))
        if said > most:
            return n
    return len(lines)


def _is_elsewhere(line: bytes) -> bool:
    """Whether it has a host, in a text without blocks; within a block what names its provider may stand beyond."""
    return not indent_of(line) and _ELSEWHERE.match(line) is not None


def _counting(
    which: Callable[[bytes, Sequence[bytes], re.Pattern[bytes]], Iterator[int]],
    own: bytes,
    lines: Sequence[bytes],
    names: re.Pattern[bytes],
) -> Iterator[int]:
    """Which of the few nearest lines that speak of the value have one of the names."""
    counted = islice((n for n in which(own, lines, names) if lines[n].strip(_BRACKETS)), _ABOVE)
    # Another's host hides what stands beyond it, as deep or deeper.
    wall = indent_of(own) if _ELSEWHERE.match(own) else _FURTHER
    for n in counted:
        line = left_of(lines[n])
        if names.search(line):
            if indent_of(line) < wall and _speaks(line, names):
                yield n
        elif _is_elsewhere(line):
            wall = 0


def _speaks(line: bytes, names: re.Pattern[bytes]) -> bool:
    """Whether the line has one of the names, and is not where the named one gets a key of its own."""
    given = _GIVEN.search(line)
    return bool(names.search(line)) and not (given and names.search(line, 0, given.end()))
