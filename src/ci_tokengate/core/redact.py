"""Secrets are taken out of every text before it is shown: plain, base64, hex and URL-encoded."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from urllib.parse import quote

STARS = "***"
_SHORTEST = 8


def forms(secret: str) -> list[str]:
    """The secret as it is, in hex, URL-encoded, and in base64 at each of its three alignments."""
    raw = secret.encode("utf-8", "surrogateescape")
    found = [secret, raw.hex(), raw.hex().upper(), quote(raw, safe=""), quote(raw)]
    for shift in range(3):
        # The first and last characters of a shifted group depend on the neighbours: left out.
        text = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        core = text[(0, 2, 3)[shift] : len(text) - 1]
        found += [core, core.replace("+", "-").replace("/", "_")]
    return [f for f in dict.fromkeys(found) if len(f) >= _SHORTEST]


def redact(text: str, secrets: Iterable[str]) -> str:
    """`text` without any of the secrets, in any of their forms. Empty and tiny ones are no secrets."""
    for secret in secrets:
        if len(secret) < _SHORTEST:
            continue
        for form in sorted(forms(secret), key=len, reverse=True):
            text = text.replace(form, STARS)
    return text
