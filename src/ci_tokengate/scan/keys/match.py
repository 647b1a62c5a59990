"""A key that was found. It holds the secret, so it never leaves the scan; a Finding does."""

from __future__ import annotations

from dataclasses import dataclass, field

from ci_tokengate.scan.keys.form import Form


@dataclass(frozen=True, kw_only=True)
class Match:
    """`start` and `end` are offsets into the text: of the key, or of the base64 that it is in."""

    form: Form
    start: int
    end: int
    secret: bytes = field(repr=False)
    encoded: bool = False
