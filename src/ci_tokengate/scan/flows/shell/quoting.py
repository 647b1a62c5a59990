"""Words of a shell script, piece by piece: quotes, escapes, variables, `$( )`."""

from __future__ import annotations

import re

DOLLAR = "\ue000"
"""A `$` that is none, because it was quoted."""

_PLAIN = re.compile(r"[^\s'\"\\$`#;&|()<>\n]+")
_VARIABLE = re.compile(r"\$\{[^{}\n]{0,400}\}|\$\w+|\$[?#@*!$-]")
_IN_DOUBLE = re.compile(r'[^"\\$`]+')


class Words:
    """at: the next character. word: the pieces of the word that is read, None between words."""

    def __init__(self, text: str, line: int, powershell: bool) -> None:
        self.text, self.at, self.line = text, 0, line
        self.powershell = powershell
        self.word: list[str] | None = None

    def opened(self) -> None:
        """A word begins."""

    def substitute(self, inner: str) -> None:
        """`$( )` or backticks hold commands of their own."""

    def part(self, char: str) -> None:
        """A piece of a word."""
        if self.word is None:
            self.word = []
            self.opened()
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
