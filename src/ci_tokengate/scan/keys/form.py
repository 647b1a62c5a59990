"""What a key looks like: one entry of the table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

MIXED = rb"(?=[A-Z0-9/+]{0,39}[a-z])(?=[a-z0-9/+]{0,39}[A-Z])"
"""Capitals and small letters: both are in a random key, and not in a hash."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """One kind of key of one provider.

    `literal` is in each such key, `offset` bytes after its start; at least `run` characters that a
    key can have follow it. Without a literal, a key is looked for only near `names`.
    `pattern` is the whole key; its group `body` must be random.
    `names` is given where the shape alone does not tell the provider: one of them must be near.
    `takers` are functions that take such a key as one of their arguments, with no name of its own.
    `within` is a name that may be written over the heads of several blocks, as `Place.path` has them.
    `raw` is base64 of random bytes: what holds text instead is base64 of something else.
    `link` leads to the source of the format.
    """

    provider: str
    what: str
    pattern: bytes
    link: str
    literal: bytes = b""
    offset: int = 0
    run: int = 0
    names: bytes = b""
    not_names: bytes = b""
    takers: bytes = b""
    within: bytes = b""
    raw: bool = False
    rule: str = "TG001"

    @cached_property
    def regex(self) -> re.Pattern[bytes]:
        return re.compile(self.pattern)

    @cached_property
    def hexadecimal(self) -> bool:
        """Nothing but digits and a to f, as a hash has it."""
        return not self.literal and b"[0-9a-f]" in self.pattern

    @cached_property
    def name(self) -> re.Pattern[bytes]:
        return re.compile(self.names, re.IGNORECASE)

    @cached_property
    def taker(self) -> re.Pattern[bytes] | None:
        return re.compile(self.takers) if self.takers else None

    @cached_property
    def block(self) -> re.Pattern[bytes] | None:
        return re.compile(self.within, re.IGNORECASE) if self.within else None

    @cached_property
    def not_name(self) -> re.Pattern[bytes] | None:
        return re.compile(self.not_names, re.IGNORECASE) if self.not_names else None
