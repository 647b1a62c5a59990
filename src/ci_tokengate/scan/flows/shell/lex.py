"""A shell script as simple commands, in one pass from left to right.

Bash as people write it in workflows: quotes, comments, continuations, pipes, groups, heredocs, `$( )`. What is in
`$( )` or backticks is a command too and comes before the one that holds it. Quotes are taken off; a `$` that is none,
because it stands in single quotes, becomes `DOLLAR`.
"""

from __future__ import annotations

import re

from ci_tokengate.scan.flows.shell.branches import Branches
from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.heredoc import Heredoc, body_of, heredoc_at
from ci_tokengate.scan.flows.shell.quoting import Words

_DEEPEST = 12
_REDIRECT = re.compile(r"(?:\d|&)?(>>|>\||>&|>|<<<|<&|<)")
_OPENERS = frozenset(
    {"then", "else", "elif", "do", "if", "while", "until", "!", "{", "time", "coproc"}
)


class _Lexer(Words):
    def __init__(self, text: str, line: int, depth: int, powershell: bool) -> None:
        super().__init__(text, line, powershell)
        self.depth = depth
        self.commands: list[Command] = []
        self.words: list[str] = []
        self.targets: list[str] = []
        self.started = line
        self.groups: list[int] = []
        self.pending: list[Heredoc] = []
        self.heredoc_of: list[int] = []
        self.redirecting = False
        self.closed: int | None = None
        self.branches = Branches()
        self.ended = False

    def run(self) -> list[Command]:
        text, size = self.text, len(self.text)
        while self.at < size:
            self.step(text[self.at])
        self.end_command()
        return self.commands

    def step(self, char: str) -> None:
        if char in " \t\r":
            self.end_word()
            self.at += 1
        elif char == "\n":
            self.newline()
        elif char == "#" and self.word is None:
            end = self.text.find("\n", self.at)
            self.at = len(self.text) if end < 0 else end
        elif char in ";&|()":
            self.operator(char)
        elif char in "<>" or (
            char.isdigit()
            and self.word is None
            and self.text[self.at + 1 : self.at + 2] in ("<", ">")
        ):
            self.redirect()
        else:
            self.part(char)

    def opened(self) -> None:
        if not self.words and not self.targets:
            self.started = self.line

    def substitute(self, inner: str) -> None:
        if self.depth < _DEEPEST:
            self.commands += lex(inner, self.line, self.depth + 1, powershell=self.powershell)

    def redirect(self) -> None:
        found = heredoc_at(self.text, self.at + self.text[self.at].isdigit())
        if found:
            self.end_word()
            doc, self.at = found
            self.pending.append(doc)
            return
        arrow = _REDIRECT.match(self.text, self.at)
        self.end_word()
        op = arrow[1] if arrow else self.text[self.at]
        self.at += len(arrow.group()) if arrow else 1
        self.redirecting = op in (">>", ">", ">|")
        if op == ">&" and self.text[self.at : self.at + 1].isdigit():
            self.at += 1

    def end_word(self) -> None:
        if self.word is None:
            return
        text, self.word = "".join(self.word), None
        if self.powershell and text in ("{", "}"):
            self.end_command()
        if self.redirecting:
            self.targets.append(text)
            self.redirecting = False
        elif self.words:
            self.words.append(text)
            if text == "in" and self.words[0] == "case":
                self.branches.pattern = len(self.commands)
        elif not self.branch(text):
            self.first(text)

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

    def end_command(self, pipe: bool = False) -> None:
        self.end_word()
        if self.closed is not None and not self.words:
            self.group_writes(self.closed, pipe)
        elif self.words or self.targets or self.pending:
            self.commands.append(
                Command(
                    tuple(self.words),
                    self.started,
                    tuple(self.targets),
                    pipe=pipe,
                    sure=self.sure(),
                )
            )
            if self.pending:
                self.heredoc_of.append(len(self.commands) - 1)
        self.words, self.targets, self.closed, self.redirecting = [], [], None, False
        self.ended = False
        self.started = self.line

    def group_writes(self, first: int, pipe: bool) -> None:
        """`{ …; } >> file`: each of them writes there."""
        for nth in range(first, len(self.commands)):
            old = self.commands[nth]
            if not old.targets and (self.targets or pipe):
                self.commands[nth] = old._replace(
                    targets=tuple(self.targets), pipe=old.pipe or pipe
                )

    def operator(self, char: str) -> None:
        two = self.text[self.at : self.at + 2]
        if char == "&" and two == "&>":
            self.end_word()
            self.at += 1
            self.redirect()
            return
        self.end_word()
        if char in "()":
            if self.parenthesis(char):
                return
        else:
            self.end_command(pipe=char == "|" and two != "||")
            self.branches.between(two, self.commands)
        self.at += 2 if two in ("&&", "||", ";;", "|&") else 1

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

    def newline(self) -> None:
        waiting = bool(self.pending)
        owner = len(self.commands)
        self.end_command()
        self.branches.tested = False
        self.at += 1
        self.line += 1
        if waiting:
            owner = self.heredoc_of.pop() if self.heredoc_of else owner
            for doc in self.pending:
                self.read_heredoc(doc, owner)
            self.pending = []
            self.heredoc_of = []

    def read_heredoc(self, doc: Heredoc, owner: int) -> None:
        text, self.at, lines = body_of(doc, self.text, self.at)
        self.line += lines
        if owner < len(self.commands):
            old = self.commands[owner]
            self.commands[owner] = old._replace(heredoc=text, quoted_heredoc=doc.quoted)


def lex(text: str, line: int = 0, depth: int = 0, *, powershell: bool = False) -> list[Command]:
    """The commands of a script, in the order they stand."""
    return _Lexer(text, line, depth, powershell).run()
