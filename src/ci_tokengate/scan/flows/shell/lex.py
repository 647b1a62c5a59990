"""A shell script as simple commands, in one pass from left to right.

Bash as people write it in workflows: quotes, comments, continuations, pipes, groups, heredocs, `$( )`. What is in
`$( )`, `<( )` or backticks is a command too and comes before the one that holds it. Quotes are taken off; a `$` that is none,
because it stands in single quotes, becomes `DOLLAR`.
"""

from __future__ import annotations

import re

from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.groups import Groups
from ci_tokengate.scan.flows.shell.heredoc import Heredoc, body_of, heredoc_at
from ci_tokengate.scan.flows.shell.quoting import closing

_DEEPEST = 12
_REDIRECT = re.compile(r"(?:\d|&)?(>>|>\||>&|>|<<<|<&|<)")


class _Lexer(Groups):
    def __init__(self, text: str, line: int, depth: int, powershell: bool) -> None:
        super().__init__(text, line, powershell)
        self.depth = depth
        self.started = line
        self.pending: list[Heredoc] = []
        self.heredoc_of: list[int] = []
        self.redirecting = self.feeding = self.reading = False
        self.fed = self.source = ""

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
        if self.text.startswith("<(", self.at) and not self.powershell:
            self.printed()
            return
        arrow = _REDIRECT.match(self.text, self.at)
        self.end_word()
        op = arrow[1] if arrow else self.text[self.at]
        self.at += len(arrow.group()) if arrow else 1
        self.redirecting = op in (">>", ">", ">|")
        self.feeding = op == "<<<"
        self.reading = op == "<" and self.ended
        if op == ">&" and self.text[self.at : self.at + 1].isdigit():
            self.at += 1

    def printed(self) -> None:
        """`<(…)`, a file that holds what its commands print."""
        end = closing(self.text, self.at + 2)
        inner = self.text[self.at + 2 : end]
        if self.word is None:
            self.word = []
            self.opened()
        self.substitute(inner)
        self.word.append(f"<({inner})")
        self.line += inner.count("\n")
        self.at = end + 1

    def end_word(self) -> None:
        if self.word is None:
            return
        text, self.word = "".join(self.word), None
        if self.powershell and text in ("{", "}"):
            self.end_command()
        if self.redirecting or self.feeding or self.reading:
            self.file(text)
        elif self.words:
            self.words.append(text)
            if text == "{" and self.words[0] == "function" and len(self.words) == 3:
                self.function()
            elif text == "in" and self.words[0] == "case":
                self.branches.pattern = len(self.commands)
        elif not self.branch(text):
            self.first(text)

    def file(self, text: str) -> None:
        """What follows `>`, `<<<`, or the `<` behind a loop."""
        if self.redirecting:
            self.targets.append(text)
        elif self.reading:
            self.source = text
        else:
            self.fed = text
        self.redirecting = self.feeding = self.reading = False

    def end_command(self, pipe: bool = False) -> None:
        self.end_word()
        if self.closed is not None and not self.words:
            self.group_writes(self.closed, pipe)
            self.group_reads(self.closed)
        elif self.words or self.targets or self.pending:
            self.commands.append(
                Command(
                    tuple(self.words),
                    self.started,
                    tuple(self.targets),
                    heredoc=self.fed,
                    pipe=pipe,
                    sure=self.sure(),
                )
            )
            if self.pending:
                self.heredoc_of.append(len(self.commands) - 1)
        self.words, self.targets, self.closed, self.fed, self.source = [], [], None, "", ""
        self.redirecting = self.feeding = self.reading = self.ended = False
        self.started = self.line

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
