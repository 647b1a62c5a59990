"""What a script writes: lines for later steps, and files."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.model import Script
from ci_tokengate.scan.flows.shell.placed import known_path, placed
from ci_tokengate.scan.flows.shell.prints import printed, printed_inside
from ci_tokengate.scan.flows.shell.quoting import DOLLAR
from ci_tokengate.scan.flows.shell.session import Session
from ci_tokengate.scan.flows.shell.unseen import may_leave, unknown_lines
from ci_tokengate.scan.flows.shell.writes import assignments, is_file, output
from ci_tokengate.scan.flows.values import UNSEEN, Kind, Value, either

_VARIABLE = re.compile(r"\$\{?\w+\}?")


class Writer:
    """session: what the shell knows. script: what is found. latest: the last of each variable and output.

    feeding: the commands whose output comes to the one that is read. folder: of the script's file, from the root. opened: how many files were read so far.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.script = Script()
        self.latest: dict[tuple[bool, str], Value] = {}
        self.feeding: tuple[Command, ...] = ()
        self.folder = ""
        self.opened = 0

    def told(self, line: int, sets: Sequence[tuple[str, Value]]) -> None:
        self.script.sets += [(line, name, value) for name, value in sets]

    def written(self, command: Command, written: Sequence[str]) -> None:
        text = self.substituted(output(command)) or self.printed(command) or ""
        if self.session.powershell and len(command.words) == 1 and command.words[0][:1] == "$":
            text = self.session.expand(command.words[0])[0]
        if not text:
            if may_leave(command) and any(is_file(target, "GITHUB_ENV") for target in written):
                self.script.open += self.what(" ".join(command.words))
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
        if into is self.script.env:
            self.script.open += unknown_lines(text, self.session.expand)
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

    def printed(self, command: Command) -> str | None:
        """What the command, and those that feed it by pipes, print of the repository's files."""
        return printed(
            (*self.feeding, command._replace(pipe=False)), self.file_of, self.unseen_text
        )

    def substituted(self, text: str) -> str | None:
        """A text that may be one `$(…)` or `<(…)`: then what that prints, None where that is not known."""
        return printed_inside(text, self.file_of, self.unseen_text)

    def file_of(self, word: str) -> str | None:
        """A file of the repository, or one that a script has written."""
        reach = self.session.reach
        text = reach.text(self.located(word)) if reach is not None else None
        self.opened += text is not None
        return text

    def located(self, word: str) -> str:
        """A path as `Reach` takes it: what the script has put together is put in."""
        if "$" not in word:
            return word.replace(DOLLAR, "$")
        return known_path(self.placed(word), self.session.env)

    def placed(self, word: str) -> str:
        reach = self.session.reach
        return placed(word, self.folder, reach.folder) if reach is not None else word

    def unseen_text(self, path: str) -> str:
        """What stands for the text of a file that is not there."""
        return self.what(path)[0] if self.session.reach is not None else ""

    def what(self, text: str) -> Value:
        """What a file or a command sets that nobody sees here."""
        return self.session.sources.value(Kind.OTHER, f"{UNSEEN}{text[:80]}` sets")
