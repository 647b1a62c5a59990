"""A proxy's own words, as they are quoted in ours."""

from __future__ import annotations

_QUOTE = 200


def quoted(text: str) -> str:
    """On one line, and of at most 200 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _QUOTE else line[: _QUOTE - 1] + "…"
