"""Keys that their author has cut in two: "sk-proj-..." "...", with + or a line break between."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MOST = 12
"""More parts than this have no key in them."""
_LONGEST = 200
_PIECE = re.compile(rb"[A-Za-z0-9+/_.-]{8,200}={0,2}")
_JOINT = re.compile(rb"""(["'`])\s{0,80}(?:[+.&\\]\s{0,80})?\1|\\\r?\n(?!\s)""")
"""What stands between two parts: quotes, an operator or nothing; a shell's line that goes on."""
_IN_PARTS = bytes(b for b in range(128) if chr(b).isalnum() or b in b"+/_.-")
_MARKS = bytes(97 if b in _IN_PARTS else 34 if b in b"\"'`" else 32 for b in range(256))
_PART_ENDS = b'aaaaaaaa"'
"""With these the end of a part is one string, which is found fast."""
_LAST = re.compile(rb"[A-Za-z0-9+/_.-]{8,200}\Z")
_LAST_JOINT = re.compile(rb"""(["'`])\s{0,80}(?:[+.&\\]\s{0,80})?\1\Z|\\\r?\n\Z""")


def joined(data: bytes, start: int) -> tuple[bytes, int]:
    """The parts from `start` as one, and where they end; nothing if there is one part only, or too many.

    It reads a bounded part of the text.
    """
    parts: list[bytes] = []
    at = start
    while len(parts) < _MOST and (piece := _PIECE.match(data, at)):
        parts.append(piece[0])
        joint = _JOINT.match(data, piece.end())
        if not joint:
            return (b"".join(parts), piece.end()) if len(parts) > 1 else (b"", start)
        at = joint.end()
    return b"", at


def first_part(data: bytes, at: int) -> int:
    """Where the first of the parts begins of which one goes over `at`; a bounded part of the text is read."""
    start = _back(data, at)
    for _ in range(_MOST):
        joint = _LAST_JOINT.search(data[max(0, start - _LONGEST) : start])
        if not joint:
            break
        end = start - len(joint[0])
        start = _back(data, end)
        if start == end:
            break
    return start


def cut(data: bytes, low: int, high: int) -> Iterator[tuple[bytes, int, int]]:
    """What is written in parts within this span: the whole, and where it begins and ends."""
    read = low
    for at in _part_ends(data, low, high):
        if at < read or not _JOINT.match(data, at):
            continue
        start = _back(data, at)
        if start == at:
            continue
        text, end = joined(data, start)
        if text:
            yield text, start, end
        read = end


def _part_ends(data: bytes, low: int, high: int) -> list[int]:
    """Where a quote, or a shell's line that goes on, ends what may be a part."""
    text = data[low:high]
    marks = text.translate(_MARKS)
    ends = [at + 8 for at in _all(marks, _PART_ENDS)]
    if b"\\\n" in text or b"\\\r" in text:
        ends = sorted([*ends, *_all(text, b"\\\n"), *_all(text, b"\\\r")])
    return [low + at for at in ends]


def _all(text: bytes, part: bytes) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))


def _back(data: bytes, at: int) -> int:
    """Where the part begins that ends here; `at` where none does."""
    if data[max(0, at - 8) : at].translate(None, _IN_PARTS):
        return at
    found = _LAST.search(data[max(0, at - _LONGEST) : at])
    return at - len(found[0]) if found else at
