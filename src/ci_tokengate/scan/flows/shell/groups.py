"""Groups, branches and loops of a script, and what is redirected for all of their commands."""

from __future__ import annotations

from ci_tokengate.scan.flows.shell.branches import Branches
from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.quoting import Words

_OPENERS = frozenset(
    {"then", "else", "elif", "do", "if", "while", "until", "!", "{", "time", "coproc"}
)
_MOST_GROUPED = 100_000
"""Commands that are looked at again when a group closes: thousands of groups in each other stay cheap."""


class Groups(Words):
    """commands: so far. words, targets: of the command that is read. groups: where those that are open begin.

    source: the file that the group reads. closed: where the group begins that has just closed; ended: whether a branch or group ends in this command.
    """

    def __init__(self, text: str, line: int, powershell: bool) -> None:
        super().__init__(text, line, powershell)
        self.commands: list[Command] = []
        self.words: list[str] = []
        self.targets: list[str] = []
        self.groups: list[int] = []
        self.closed: int | None = None
        self.ended = False
        self.source = ""
        self.branches = Branches()
        self.budget = _MOST_GROUPED

    def end_command(self, pipe: bool = False) -> None:
        """A command is complete."""

    def first(self, word: str) -> None:
        """A command's first word, or what stands before it."""
        if word == "}":
            self.ended = True
            self.close_group()
        elif word == "{":
            self.ended = False
            self.groups.append(len(self.commands))
        elif word not in _OPENERS and not self.ended:  # in `done < file` no file is started
            self.words.append(word)

    def branch(self, word: str) -> bool:
        """Whether a command's first word was the end of a branch. `done >> file` is as `} >> file`."""
        if self.powershell:
            return False
        if self.branches.enters(word):
            self.groups.append(len(self.commands))
        if not self.branches.leaves(word):
            return False
        self.ended = True
        if word != "esac":
            self.close_group()
        return True

    def sure(self) -> bool:
        return self.branches.sure and not (self.powershell and self.groups)

    def close_group(self) -> None:
        self.closed = self.groups.pop() if self.groups else None

    def group_writes(self, first: int, pipe: bool) -> None:
        """`{ …; } >> file`: each of them writes there."""
        size = len(self.commands)
        if not (self.targets or pipe) or self.budget < 0:
            return
        self.budget -= size - first
        for nth in range(first, size):
            old = self.commands[nth]
            if not old.targets:
                self.commands[nth] = old._replace(
                    targets=tuple(self.targets), pipe=old.pipe or pipe
                )

    def group_reads(self, first: int) -> None:
        """`while read -r line; do …; done < file`: its first command reads there."""
        if self.source and first < len(self.commands):
            self.commands[first] = self.commands[first]._replace(source=self.source)

    def function(self) -> None:
        """`function name {`, which is as `name() {`."""
        self.commands.append(Command(("function", self.words[1]), self.line))
        self.words = []
        self.groups.append(len(self.commands))

    def parenthesis(self, char: str) -> bool:
        """Whether it was the `()` of a function."""
        if self.branches.pattern is not None:
            if char == ")":  # what looked like commands was the pattern `a|b)`
                del self.commands[self.branches.pattern :]
                self.words, self.targets, self.branches.pattern = [], [], None
        elif char == ")":
            self.end_command()
            self.close_group()
        elif len(self.words) == 1 and self.text[self.at : self.at + 2] == "()":
            self.commands.append(Command(("function", self.words[0]), self.line))
            self.words, self.at = [], self.at + 2
            return True
        else:
            self.end_command()
            self.groups.append(len(self.commands))
        return False
