"""Where a key begins and ends: not in the middle of a word, of base64, or of a longer key."""

from __future__ import annotations

import re

KEY_CHARACTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_BEFORE = re.compile(
    rb"(?:\\[nrtbf]|\\u00[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}|\x1b\[[0-9;]{0,12}m|\\033\[[0-9;]{0,12}m)\Z"
)
"""What ends in a letter or a digit and is yet no part of a word: escapes of JSON, URLs and terminals."""
_BASE64_BEFORE = re.compile(rb"[A-Za-z0-9+/]{40}\Z")
_BASE64_AFTER = re.compile(rb"[A-Za-z0-9+/]{40}")


def stands_alone(data: bytes, start: int, end: int) -> bool:
    """Whether nothing that belongs to it stands before `start`, and no base64 goes on around it."""
    if not begins(data, start):
        return False
    if data[start - 1 : start] in (b"+", b"/") and _BASE64_BEFORE.search(
        data[max(0, start - 40) : start]
    ):
        return False
    return not (data[end : end + 1] in (b"+", b"/") and _BASE64_AFTER.match(data[end : end + 40]))


def begins(data: bytes, start: int) -> bool:
    """Whether a word can begin here. An escape is looked for only where there is a sign of one."""
    if start == 0 or data[start - 1] not in KEY_CHARACTERS:
        return True
    before = data[max(0, start - 20) : start]
    if before.endswith((b":-", b"\n-")) or before == b"-":
        return True  # ${NAME:-key}, and a line that a diff takes away
    if before[-3:-1] == b" -" and before[-1:].isalpha():
        return True  # gh secret set NAME -bkey
    signs = b"\\" in before or b"%" in before or b"\x1b" in before
    return signs and _BEFORE.search(before) is not None
