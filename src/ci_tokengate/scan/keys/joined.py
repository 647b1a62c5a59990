"""Keys that their author has cut in two: "sk-proj-..." "...", with + or a line break between."""

from __future__ import annotations

import re

_MOST = 12
"""More parts than this have no key in them."""
_PIECE = re.compile(rb"[A-Za-z0-9_.-]{8,200}")
_JOINT = re.compile(rb"""(["'`])\s{0,80}(?:[+.&\\]\s{0,80})?\1|\\\r?\n(?!\s)""")
"""What stands between two parts: quotes, an operator or nothing; a shell's line that goes on."""


def joined(data: bytes, start: int) -> tuple[bytes, int]:
    """The parts from `start` as one, and where they end; nothing if there is one part only.

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
    return b"", start
