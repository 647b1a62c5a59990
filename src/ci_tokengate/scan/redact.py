"""A line as it may be shown: no secret in it, whole or in part. Made with the finding, not when printed."""

from __future__ import annotations

import re
from collections.abc import Iterable

STARS = b"***"
_WIDEST = 160
_TOKEN = re.compile(rb"[A-Za-z0-9+/_=-]{16,}")
_PREFIX = re.compile(
    rb"sk-(?:ant-(?:api03|admin01|oat01)|proj|svcacct|admin|or-v1|lf)-|(?:gsk|hf|api_org|tgp_v1|fw|r8|lsv2_(?:pt|sk)|sk)_"
    rb"|(?:sk|xai|pplx|csk|pa|nvapi|bedrock-api-key)-|AIza|AQ\.|AKIA|ABSK"
)


def hidden(secret: bytes) -> bytes:
    """What says whose key it is, and nothing of its body."""
    found = _PREFIX.match(secret)
    return (found[0] if found else b"") + STARS


def shown(line: bytes, secrets: Iterable[tuple[int, int]]) -> str:
    """The line without the given spans, and without whatever else in it could be a key."""
    at, parts = 0, []
    for start, end in sorted(secrets):
        if start >= at:
            parts += [_calm(line[at:start]), hidden(line[start:end])]
        at = max(at, end)
    parts.append(_calm(line[at:]))
    text = b"".join(parts).decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in text).strip()[:_WIDEST]


def _calm(text: bytes) -> bytes:
    return _TOKEN.sub(lambda found: hidden(found[0]) if _could_be(found[0]) else found[0], text)


def _could_be(token: bytes) -> bool:
    """Letters and digits mixed, as no word is."""
    return sum(48 <= char <= 57 for char in token) >= 2 and any(char > 64 for char in token)
