"""Keys inside base64, as Kubernetes keeps its secrets."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

_RUN = re.compile(rb"[A-Za-z0-9+/_-]{1,16384}")
_WRAPPED = re.compile(rb"(?:[A-Za-z0-9+/]|[ \t]*\r?\n[ \t]*|\\n){1,16384}")
_TAIL = re.compile(rb"[A-Za-z0-9+/_-]+\Z")
_BACK = 256
"""How far before a sign its base64 is read: no part of a key stands further away."""
WINDOW = 16384


def literal_forms(literal: bytes) -> Iterator[tuple[bytes, int]]:
    """The literal in base64 at each alignment, without the characters that its neighbours share.

    With each, how many base64 characters lie between the begin of its group of four and it.
    """
    for shift, skip in enumerate((0, 2, 3)):
        text = binascii.b2a_base64(b"\0" * shift + literal, newline=False).rstrip(b"=")
        whole = (shift + len(literal)) * 8 // 6
        core = text[skip:whole]
        if len(core) >= 4:
            yield core, skip


class Reader:
    """Reads the base64 around signs, each piece of it once at each alignment, however many signs it has."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._on_line = [-1, -1, -1, -1]  # by alignment: how far it was read
        self._wrapped: list[tuple[int, int]] = []

    def around(self, at: int, skip: int) -> Iterator[tuple[bytes, int, int]]:
        """What the base64 around `at` says: the text, and begin and end of the base64.

        First as it stands on its line; then, where it is wrapped, over line breaks.
        """
        start = at - skip
        if start < 0 or at < self._on_line[start % 4]:
            return
        before = _TAIL.search(self._data[max(0, start - _BACK) : start])
        start -= len(before[0]) // 4 * 4 if before else 0
        found = _RUN.match(self._data, start)
        if not found:
            return
        self._on_line[start % 4] = min(found.end(), at + WINDOW // 2)
        yield decode(found[0]), start, found.end()
        if self._was_read(start):
            return
        wrapped = _WRAPPED.match(self._data, start)
        if wrapped and wrapped.end() > found.end():
            self._wrapped = [(start, min(wrapped.end(), start + WINDOW // 2)), *self._wrapped[:3]]
            yield decode(_unwrapped(wrapped[0])), start, wrapped.end()

    def _was_read(self, start: int) -> bool:
        """Whether wrapped base64 that was read goes over this place, in groups of four that begin here."""
        return any(
            begin <= start < end and len(_unwrapped(self._data[begin:start])) % 4 == 0
            for begin, end in self._wrapped
        )


def _unwrapped(text: bytes) -> bytes:
    return text.replace(b"\\n", b"").translate(None, b" \t\r\n")


def decode(run: bytes) -> bytes:
    """Standard and URL-safe alphabets; what does not make a whole byte is left out."""
    run = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    run = run[: len(run) - 1] if len(run) % 4 == 1 else run
    try:
        return binascii.a2b_base64(run + b"=" * (-len(run) % 4))
    except binascii.Error:
        return b""
