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


def decoded_at(data: bytes, at: int, skip: int) -> Iterator[tuple[bytes, int, int]]:
    """What the base64 around `at` says: the text, and begin and end of the base64.

    First as it stands on its line; then, where it is wrapped, over line breaks.
    """
    start = at - skip
    if start < 0:
        return
    before = _TAIL.search(data[max(0, start - _BACK) : start])
    start -= len(before[0]) // 4 * 4 if before else 0
    if found := _RUN.match(data, start):
        yield decode(found[0]), start, found.end()
    wrapped = _WRAPPED.match(data, start)
    if wrapped and found and wrapped.end() > found.end():
        joined = wrapped[0].replace(b"\\n", b"").translate(None, b" \t\r\n")
        yield decode(joined), start, wrapped.end()


def decode(run: bytes) -> bytes:
    """Standard and URL-safe alphabets; what does not make a whole byte is left out."""
    run = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    run = run[: len(run) - 1] if len(run) % 4 == 1 else run
    try:
        return binascii.a2b_base64(run + b"=" * (-len(run) % 4))
    except binascii.Error:
        return b""
