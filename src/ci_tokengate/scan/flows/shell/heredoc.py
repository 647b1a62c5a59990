"""Heredocs: what follows a line with `<<TAG`, up to the line that is the tag."""

from __future__ import annotations

import re
from typing import NamedTuple

_START = re.compile(r"<<(?!<)(-?)[ \t]*(?:'([^'\n]*)'|\"([^\"\n]*)\"|\\?([\w.-]+))")


class Heredoc(NamedTuple):
    """dashed: `<<-`, with tabs before its lines. quoted: its variables stay as they are."""

    tag: str
    dashed: bool
    quoted: bool


def heredoc_at(text: str, at: int) -> tuple[Heredoc, int] | None:
    """The heredoc that is announced here, and where the announcement ends."""
    match = _START.match(text, at)
    if match is None:
        return None
    quoted = match[4] is None or "\\" in match.group()
    tag = next(group for group in (match[2], match[3], match[4]) if group is not None)
    return Heredoc(tag, bool(match[1]), quoted), match.end()


def body_of(doc: Heredoc, text: str, at: int) -> tuple[str, int, int]:
    """Its text, where it ends, and how many lines it takes with its tag."""
    lines: list[str] = []
    taken = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        at = min(end + 1, len(text))
        taken += 1
        if (line.strip() if doc.dashed else line.rstrip("\r")).strip() == doc.tag:
            break
        lines.append(line)
    return "\n".join(lines), at, taken
