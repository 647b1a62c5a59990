"""A simple command of a script, as it is written."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """words: with quotes off, variables left in. line: of its first word, from 0.

    targets: files it writes to. heredoc: what it is fed. pipe: index of the command its output goes to, -1 if none.
    """

    words: tuple[str, ...]
    line: int
    targets: tuple[str, ...] = ()
    heredoc: str = ""
    pipe: bool = False
    quoted_heredoc: bool = False
