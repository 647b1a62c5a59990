"""A text as YAML reads it back."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z][\w./-]*", re.ASCII)
_WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def scalar(text: str) -> str:
    """`text` as YAML reads it back, also within `[…]` and `{…}`: quoted unless it is a plain word."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"
