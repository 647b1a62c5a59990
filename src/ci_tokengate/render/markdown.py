"""Text that is data, in Markdown."""

from __future__ import annotations

_ESCAPED = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>|#@!~&"})


def plain_summary(mark: str, text: str, hint: str = "") -> str:
    body = escaped(text) + (f"\n\n{escaped(hint)}" if hint else "")
    return f"### {mark} AI budget gate\n\n{body}\n"


def escaped(line: str) -> str:
    """One line in which nothing is markup."""
    return " ".join(line.split()).translate(_ESCAPED)
