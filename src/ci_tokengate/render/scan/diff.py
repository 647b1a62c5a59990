"""A rewritten file as a unified diff, as git writes one."""

from __future__ import annotations

import difflib


def diff(path: str, before: str, after: str) -> str:
    """Ends with a newline, or is empty. Characters that a terminal would obey are spaces."""
    told = []
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}")
    for line in lines:
        whole = line.endswith("\n")
        told.append(_calm(line.rstrip("\n")) + "\n")
        if not whole:
            told.append("\\ No newline at end of file\n")
    return "".join(told)


def _lines(text: str) -> list[str]:
    """By "\\n" only: `splitlines` also splits at characters that are no line end to git."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _calm(line: str) -> str:
    """The "\\r" of a line end stays, so that the diff can be applied."""
    end = "\r" if line.endswith("\r") else ""
    bare = line[: len(line) - len(end)]
    return "".join(c if c.isprintable() or c == "\t" else " " for c in bare) + end
