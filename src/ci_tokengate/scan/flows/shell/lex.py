"""A shell script as simple commands, in one pass from left to right.

Bash as people write it in workflows: quotes, comments, continuations, pipes, groups, heredocs, `$( )`. What is in
`$( )` or backticks is a command too and comes before the one that holds it. Quotes are taken off; a `$` that is none,
because it stands in single quotes, becomes `DOLLAR`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

DOLLAR = "\ue000"
_DEEPEST = 12
_PLAIN = re.compile(r"[^\s'\"\\$`#;&|()<>\n]+")
_HEREDOC = re.compile(r"<<(?!<)(-?)[ \t]*(?:'([^'\n]*)'|\"([^\"\n]*)\"|\\?([\w.-]+))")
_REDIRECT = re.compile(r"(?:\d|&)?(>>|>\||>&|>|<<<|<&|<)")
_VARIABLE = re.compile(r"\$\{[^{}\n]{0,400}\}|\$\w+|\$[?#@*!$-]")
_IN_DOUBLE = re.compile(r'[^"\\$`]+')
_OPENERS = frozenset(
    {"then", "else", "elif", "do", "if", "while", "until", "!", "{", "time", "coproc"}
)


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


class _Lexer:
    def __init__(self, text: str, line: int, depth: int, powershell: bool) -> None:
        self.text, self.at, self.line = text, 0, line
        self.depth, self.powershell = depth, powershell
        self.commands: list[Command] = []
        self.words: list[str] = []
        self.word: list[str] | None = None
        self.targets: list[str] = []
        self.started = line
        self.groups: list[int] = []
        self.pending: list[tuple[str, bool, bool]] = []
        self.heredoc: str | None = None
        self.heredoc_of: list[int] = []
        self.redirecting = False
        self.closed: int | None = None

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

    def part(self, char: str) -> None:
        """A piece of a word."""
        if self.word is None:
            self.word = []
            if not self.words and not self.targets:
                self.started = self.line
        if char == "'":
            end = self.text.find("'", self.at + 1)
            self.take(
                self.text[self.at + 1 : end if end >= 0 else len(self.text)].replace("$", DOLLAR),
                end,
            )
        elif char == '"':
            self.double()
        elif char == "\\" or (char == "`" and self.powershell):
            self.escape()
        elif char == "`":
            end = self.text.find("`", self.at + 1)
            inner = self.text[self.at + 1 : end if end >= 0 else len(self.text)]
            self.substitute(inner)
            self.take(f"$({inner})", end)
        elif char == "$":
            self.dollar()
        else:
            match = _PLAIN.match(self.text, self.at)
            piece = match.group() if match else char
            self.word.append(piece)
            self.at += len(piece)

    def take(self, piece: str, end: int) -> None:
        """A quoted piece up to `end`, or to the text's end if the quote is never closed."""
        assert self.word is not None
        self.word.append(piece)
        stop = end + 1 if end >= 0 else len(self.text)
        self.line += self.text.count("\n", self.at, stop)
        self.at = stop

    def escape(self) -> None:
        assert self.word is not None
        following = self.text[self.at + 1 : self.at + 2]
        if following == "\r" and self.text[self.at + 2 : self.at + 3] == "\n":
            following, self.at = "\n", self.at + 1
        if following == "\n":
            self.line += 1
            if not self.word:
                self.word = None
        else:
            self.word.append(DOLLAR if following == "$" else following)
        self.at += 2

    def double(self) -> None:
        assert self.word is not None
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                return
            if char == "\\":
                following = self.text[self.at + 1 : self.at + 2]
                kept = "" if following in '"\\`\n' or following == "$" else "\\"
                self.word.append(
                    kept + (DOLLAR if following == "$" else "" if following == "\n" else following)
                )
                self.line += following == "\n"
                self.at += 2
            elif char in "$`":
                self.dollar() if char == "$" else self.part("`")
            else:
                match = _IN_DOUBLE.match(self.text, self.at)
                piece = match.group() if match else char
                self.line += piece.count("\n")
                self.word.append(piece)
                self.at += len(piece)

    def dollar(self) -> None:
        assert self.word is not None
        if self.text.startswith("$(", self.at) and not self.text.startswith("$((", self.at):
            end = closing(self.text, self.at + 2)
            inner = self.text[self.at + 2 : end]
            self.substitute(inner)
            self.word.append(f"$({inner})")
            self.line += inner.count("\n")
            self.at = end + 1
            return
        match = _VARIABLE.match(self.text, self.at)
        piece = match.group() if match else "$"
        self.word.append(piece)
        self.at += len(piece)

    def substitute(self, inner: str) -> None:
        if self.depth < _DEEPEST:
            self.commands += lex(inner, self.line, self.depth + 1, powershell=self.powershell)

    def redirect(self) -> None:
        match = _HEREDOC.match(self.text, self.at + (self.text[self.at].isdigit()))
        if match:
            self.end_word()
            quoted = match[4] is None or "\\" in match.group()
            tag = (
                match[2] if match[2] is not None else match[3] if match[3] is not None else match[4]
            )
            self.pending.append((tag, bool(match[1]), quoted))
            self.at = match.end()
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
        if self.redirecting:
            self.targets.append(text)
            self.redirecting = False
        elif text == "}" and not self.words:
            self.close_group()
        elif not self.words and text in _OPENERS:
            if text == "{":
                self.groups.append(len(self.commands))
        else:
            self.words.append(text)

    def close_group(self) -> None:
        self.closed = self.groups.pop() if self.groups else None

    def end_command(self, pipe: bool = False) -> None:
        self.end_word()
        if self.closed is not None and not self.words:
            self.group_writes(self.closed, pipe)
        elif self.words or self.targets or self.pending:
            self.commands.append(
                Command(tuple(self.words), self.started, tuple(self.targets), "", pipe)
            )
            if self.pending:
                self.heredoc_of.append(len(self.commands) - 1)
        self.words, self.targets, self.closed, self.redirecting = [], [], None, False
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
        if char == "(":
            if len(self.words) == 1 and self.text[self.at : self.at + 2] == "()":
                self.commands.append(Command(("function", self.words[0]), self.line))
                self.words, self.at = [], self.at + 2
                return
            self.end_command()
            self.groups.append(len(self.commands))
        elif char == ")":
            self.end_command()
            self.close_group()
        else:
            self.end_command(pipe=char == "|" and two != "||")
        self.at += 2 if two in ("&&", "||", ";;", "|&") else 1

    def newline(self) -> None:
        waiting = bool(self.pending)
        owner = len(self.commands)
        self.end_command()
        self.at += 1
        self.line += 1
        if waiting:
            owner = self.heredoc_of.pop() if self.heredoc_of else owner
            for tag, dashed, quoted in self.pending:
                self.read_heredoc(tag, dashed, quoted, owner)
            self.pending = []
            self.heredoc_of = []

    def read_heredoc(self, tag: str, dashed: bool, quoted: bool, owner: int) -> None:
        lines: list[str] = []
        while self.at < len(self.text):
            end = self.text.find("\n", self.at)
            end = len(self.text) if end < 0 else end
            line = self.text[self.at : end]
            self.at = min(end + 1, len(self.text))
            self.line += 1
            if (line.strip() if dashed else line.rstrip("\r")).strip() == tag:
                break
            lines.append(line)
        if owner < len(self.commands):
            text = "\n".join(lines)
            self.commands[owner] = self.commands[owner]._replace(
                heredoc=text, quoted_heredoc=quoted
            )


def closing(text: str, at: int) -> int:
    """Where the `)` is that closes a `$(` whose inside starts at `at`; the text's end if there is none."""
    depth, quote = 1, ""
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
            if not depth:
                return at
        at += 1
    return len(text)


def lex(text: str, line: int = 0, depth: int = 0, *, powershell: bool = False) -> list[Command]:
    """The commands of a script, in the order they stand."""
    return _Lexer(text, line, depth, powershell).run()
