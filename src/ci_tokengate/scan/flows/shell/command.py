"""A simple command of a script, as it is written."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """words: with quotes off, variables left in. line: of its first word, from 0.

    targets: files it writes to. heredoc: what it is fed. pipe: whether its output goes to the next command.
    source: the file that a loop reads. sure: whether it runs whenever the script does: it stands in no branch, no loop, and behind no test.
    """

    words: tuple[str, ...]
    line: int
    targets: tuple[str, ...] = ()
    heredoc: str = ""
    pipe: bool = False
    quoted_heredoc: bool = False
    sure: bool = True
    source: str = ""
