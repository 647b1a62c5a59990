"""A program that a command starts, with what was taken off around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

UNSEEN = "?"
"""Among a container's variables: it has others, which stand somewhere else."""

FILE = "*"
"""Among a container's variables: a file of them."""


class Started(NamedTuple):
    """name: the program, without its folder. sets: variables given for it alone; unset: those taken away.

    path: the program as it was written. script: what a shell in between is told to run. container: None, or the
    variables a container is given (value None: the one outside). gated: whether `ci-tokengate run` starts it.
    """

    name: str
    args: tuple[str, ...]
    sets: tuple[tuple[str, str], ...] = ()
    unset: tuple[str, ...] = ()
    script: str = ""
    container: tuple[tuple[str, str | None], ...] | None = None
    gated: bool = False
    clean: bool = False
    path: str = ""

    def runs(self, script: str) -> Started:
        """A shell in between is told to run this."""
        return self._replace(name="sh", args=(), script=script)


def skipped(args: Sequence[str], takes: Sequence[str]) -> Sequence[str]:
    """Arguments from the first that is no option of the wrapper. takes: its options that have a value."""
    nth = 0
    while nth < len(args) and args[nth].startswith("-") and args[nth] != "-":
        if args[nth] == "--":
            return args[nth + 1 :]
        nth += 2 if args[nth] in takes else 1
    return args[nth:]


def value_of(args: Sequence[str], names: Sequence[str]) -> str:
    """The value of an option, `-a b` or `-a=b`; "" if it is not given."""
    for nth, arg in enumerate(args):
        head, equals, tail = arg.partition("=")
        if head in names:
            return tail if equals else args[nth + 1] if nth + 1 < len(args) else ""
    return ""
