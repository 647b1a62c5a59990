"""Looks for a secret in whatever form it could have been written."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, quote_plus


def forms(secret: str) -> set[str]:
    """Written anew here, so that a mistake in `core.redact` is not repeated."""
    raw = secret.encode()
    found = {secret, secret[::-1], raw.hex(), raw.hex().upper(), quote(secret, safe="")}
    found |= {quote_plus(secret), repr(secret)[1:-1], repr(raw)[2:-1]}
    for before in (b"", b"x", b"xx", b"Bearer ", b"x-access-token:", b"user:"):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(before + raw + b"\0\0").decode()
            # What depends on the secret alone: without the characters that its neighbours share.
            start = -(-len(before) * 8 // 6)
            found.add(whole[start : (len(before) + len(raw)) * 8 // 6])
    return {form for form in found if len(form) >= 8}


def leaks(text: str, secrets: Iterable[str]) -> list[str]:
    """The forms of secrets that `text` holds."""
    return [form for secret in secrets for form in sorted(forms(secret)) if form in text]


def everything_in(folder: Path, *, but: Iterable[str] = ()) -> str:
    """All files below `folder`, one after the other."""
    skipped = set(but)
    return "\n".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in skipped
    )
