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
_MARKS = bytes(
    97 if (chr(b).isalnum() and b < 128) or b in b"+/_.-=&\\" else 34 if b in b"\"'`" else 32
    for b in range(256)
)
_MARKED = (b'aaaaaaaa""aaaaaaaa', b'aaaaaaaa"a"aaaaaaaa')
"""A joint between two parts, without white space, as the marks have it."""
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
    if not _may_hold_parts(data[low:high]):
        return
    read = low
    for joint in _JOINT.finditer(data, low, high):
        start = _back(data, joint.start())
        if start == joint.start() or joint.start() < read:
            continue
        text, end = joined(data, start)
        if text:
            yield text, start, end
        read = end


def _may_hold_parts(text: bytes) -> bool:
    """A search for a few strings, where an expression would try at each quote; False is certain."""
    marks = text.translate(_MARKS, b" \t\r\n\x0b\x0c")
    return any(joint in marks for joint in _MARKED) or b"\\\n" in text or b"\\\r\n" in text


def _back(data: bytes, at: int) -> int:
    found = _LAST.search(data[max(0, at - _LONGEST) : at])
    return at - len(found[0]) if found else at
