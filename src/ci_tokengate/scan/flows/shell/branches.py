"""Which commands of a script run whenever the script does, and which on some ways through it only."""

from __future__ import annotations

from collections.abc import Sequence

from ci_tokengate.scan.flows.shell.command import Command

_LOOPS = frozenset({"if", "while", "until", "for", "select"})
_ENDS = frozenset({"fi", "done", "esac"})
_TESTS = frozenset({"[", "[[", "test", "((", "grep", "command", "which"})
"""What follows their `&&` is for one outcome; what follows another command's is for whenever all goes well."""


class Branches:
    """depth: how many branches and loops are open. tested: whether `a &&` or `a ||` stands before, on the same line.

    pattern: where the commands of a pattern of `case` begin, which are none; None outside of one.
    """

    def __init__(self) -> None:
        self.depth = 0
        self.tested = False
        self.pattern: int | None = None

    @property
    def sure(self) -> bool:
        return not (self.depth or self.tested)

    def enters(self, word: str) -> bool:
        """Whether a command's first word opens a branch with a body that can be redirected."""
        self.depth += word in _LOOPS or word == "case"
        return word in _LOOPS

    def leaves(self, word: str) -> bool:
        if word not in _ENDS or not self.depth:
            return False
        self.depth -= 1
        if word == "esac":
            self.pattern = None
        return True

    def between(self, operator: str, before: Sequence[Command]) -> None:
        """What stands between two commands. operator: its first two characters."""
        if operator == ";;" and self.depth:
            self.pattern = len(before)
        elif operator[:1] == ";":
            self.tested = False
        elif operator == "||" or (
            operator == "&&" and before and not _TESTS.isdisjoint(before[-1].words[:1])
        ):
            self.tested = True
