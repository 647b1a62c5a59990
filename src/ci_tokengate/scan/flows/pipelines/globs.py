"""Wildcards of `include: {local: …}`: `*` stays in a folder, `**` passes any number. Linear in the name, whatever the pattern."""

from __future__ import annotations

import re


def matches(glob: str, name: str) -> bool:
    """GitLab takes `ci/**.yml` for all files below ci as well."""
    wanted = re.sub(r"(?<=[^/*])\*\*(?=[^/])|(?<![^/])\*\*(?=[^/])", "**/*", glob).split("/")
    given = name.split("/")
    reached = {0}
    for part in wanted:
        if part == "**":
            reached = set(range(min(reached), len(given) + 1)) if reached else reached
        else:
            reached = {n + 1 for n in reached if n < len(given) and _fits(part, given[n])}
    return len(given) in reached


def _fits(part: str, word: str) -> bool:
    """One folder or file's name."""
    first, *rest = part.split("*")
    if not rest:
        return part == word
    last = rest.pop()
    if not word.startswith(first) or len(word) < len(first) + len(last) or not word.endswith(last):
        return False
    at, end = len(first), len(word) - len(last)
    for piece in rest:
        found = word.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
