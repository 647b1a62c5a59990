"""What a script writes: lines for later steps, and files."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.lex import lex
from ci_tokengate.scan.flows.shell.model import Script
from ci_tokengate.scan.flows.shell.session import Session
from ci_tokengate.scan.flows.shell.writes import assignments, is_file, output
from ci_tokengate.scan.flows.values import Value, either

_VARIABLE = re.compile(r"\$\{?\w+\}?")


class Writer:
    """session: what the shell knows. script: what is found. latest: the last of each variable and output."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.script = Script()
        self.latest: dict[tuple[bool, str], Value] = {}

    def told(self, line: int, sets: Sequence[tuple[str, Value]]) -> None:
        self.script.sets += [(line, name, value) for name, value in sets]

    def written(self, command: Command, written: Sequence[str]) -> None:
        text = output(command) or self.printed(command)
        if self.session.powershell and len(command.words) == 1 and command.words[0][:1] == "$":
            text = self.session.expand(command.words[0])[0]
        if not text:
            return
        for target in written:
            if is_file(target, "GITHUB_ENV"):
                self.for_later(self.script.env, text, command)
            elif is_file(target, "GITHUB_OUTPUT"):
                self.for_later(self.script.outputs, text, command)
            else:
                path = self.session.expand(target)[0]
                self.script.files.append((path, text))
                if self.session.reach is not None:
                    self.session.reach.write(path, text)

    def for_later(self, into: list[tuple[str, Value]], text: str, command: Command) -> None:
        """Lines for one of the runner's files."""
        for name, word in assignments(text):
            value = (word,) if command.quoted_heredoc else self.session.expand(word)
            self.left(into, name, value, command.sure)
            self.told(command.line, [(name, value)])
        for whole in self.session.expand(text) if _VARIABLE.fullmatch(text) else ():
            for name, word in assignments(whole):
                self.left(into, name, (word,), False)
                self.told(command.line, [(name, (word,))])

    def left(self, into: list[tuple[str, Value]], name: str, value: Value, sure: bool) -> None:
        """A later write wins; one in a branch leaves both."""
        key = (into is self.script.env, name)
        if not sure and key not in self.latest:
            self.script.unsure.add(name)
        elif not sure:
            value = either(self.latest[key], value)
        else:
            self.script.unsure.discard(name)
        self.latest[key] = value
        into.append((name, value))

    def substituted(self, text: str) -> str:
        """A script that may be one `$(…)` or `<(…)`: then what that prints, as far as it is known."""
        if text[:2] not in ("$(", "<("):
            return text
        commands = lex(text[2:-1]) if text.endswith(")") else []
        return "\n".join(output(command) or self.printed(command) for command in commands)

    def exported(self, args: Sequence[str]) -> list[tuple[str, Value]]:
        """`export $(cat .env | xargs)`, `export $(grep -v '^#' .env)`."""
        found: list[tuple[str, Value]] = []
        for arg in args:
            for word in arg[2:-1].split() if arg.startswith("$(") else ():
                text = self.file_of(word.strip("'\"<|"))
                found += self.session.assign([*assignments(text)])
        return found

    def file_of(self, word: str) -> str:
        """A file of the repository, "" for any other word."""
        reach = self.session.reach
        return (reach.text(word) or "") if reach and ("." in word or "/" in word) else ""

    def printed(self, command: Command) -> str:
        """What `cat` prints of the repository's files."""
        reach = self.session.reach
        if reach is None or command.words[:1] != ("cat",):
            return ""
        return "\n".join(t for w in command.words[1:] if (t := reach.text(w)) is not None)
