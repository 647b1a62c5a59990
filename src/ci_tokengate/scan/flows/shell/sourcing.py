"""What a shell takes into itself: files it sources, what `eval` and `export` are given, files of variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.envfiles import env_files
from ci_tokengate.scan.flows.shell.later import Writer
from ci_tokengate.scan.flows.shell.reach import Reach
from ci_tokengate.scan.flows.shell.session import Session
from ci_tokengate.scan.flows.shell.started import Started
from ci_tokengate.scan.flows.shell.unseen import may_print_settings, may_set, unknown_lines
from ci_tokengate.scan.flows.shell.writes import assignments
from ci_tokengate.scan.flows.values import EMPTY, Value, either

SOURCES = ("source", ".")
_NESTED = 3
_COPIES = ("cp", "mv", "ln")
_LOOPS = ("read", "for")


class Sourcing(Writer):
    """room: for what `eval` and the like may still be given, in characters.

    unseen: what was taken in that nobody can see here. fed: what the loop that is read goes through, by its variables.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.room = 0
        self.unseen: Value = ()
        self.fed: dict[str, str] = {}

    def taken_in(self, command: Command, started: Started) -> str | None:
        """What the shell itself runs that it is not simply pointed to: `eval …`, `source <(echo …)`, `. /dev/stdin <<< …`."""
        given = started.args[0] if started.args and started.name in SOURCES else ""
        is_eval = command.words[:1] == ("eval",)
        if not is_eval and given != "/dev/stdin" and not given.startswith(("<(", "$(")):
            return None
        if is_eval:
            text = started.script
        elif given == "/dev/stdin":
            text = command.heredoc or self._read_in(started.args[1:])
        else:
            text = given
        if given.startswith("$("):
            return None  # the name of a file
        self.room -= len(text)
        nested = text.count("$(") + text.count("<(") > _NESTED
        if nested or self.room < 0:
            return ""
        return self._known(text)

    def _known(self, text: str) -> str:
        """What is put in; where that is not known, that is remembered."""
        known = self.substituted(text)
        if known is None and may_print_settings(text):
            self._note(text)
        return known or ""

    def _read_in(self, names: Sequence[str]) -> str:
        """`source /dev/stdin < file`"""
        return next((text for name in names if (text := self.file_of(name)) is not None), "")

    def spliced(self, words: Sequence[str]) -> Sequence[str]:
        """`env $(cat .env | xargs) claude`: what is put in are words of their own."""
        if words[:1] != ("env",) or not any(word.startswith("$(") for word in words):
            return words
        found: list[str] = []
        for word in words:
            if not word.startswith("$("):
                found.append(word)
                continue
            text = self._known(word)
            self.unsettled(text)
            found += [f"{name}={value}" for name, value in self._pairs(text)]
        return found

    def taken(self, command: Command, started: Started) -> list[tuple[str, Value]]:
        """What `export $(…)`, and loops over a file's lines, set; what `cp` makes of a file."""
        name, args = started.name, started.args
        if name in _COPIES and self.session.reach is not None:
            self._copied(self.session.reach, [arg for arg in args if not arg.startswith("-")])
        elif name in _LOOPS:
            self._loop(name, command, args)
        elif name in ("export", "declare", "typeset"):
            return [pair for arg in args for pair in self._exported(arg)]
        return []

    def _copied(self, reach: Reach, args: Sequence[str]) -> None:
        if len(args) == 2:
            reach.copy(self.located(args[0]), self.located(args[1]))

    def _loop(self, name: str, command: Command, args: Sequence[str]) -> None:
        """`for line in $(cat .env)`, `while read -r line; do …; done < .env`: what their variables go through."""
        if name == "for" and args[1:2] == ("in",):
            text = "\n".join(
                self.substituted(word) or "" for word in args[2:] if word.startswith("$(")
            )
            names: Sequence[str] = args[:1]
        else:
            path = command.source
            text = (self.file_of(path) if path else None) or ""
            if path and not text and not path.startswith("<("):
                text = self.unseen_text(path)
            text = self.substituted(path) or "" if path.startswith("<(") else text
            names = [arg for arg in args if arg.isidentifier()]
        self.fed.update(dict.fromkeys(names, text))

    def _exported(self, arg: str) -> list[tuple[str, Value]]:
        if arg.startswith(("$(", "<(")):
            text = self._known(arg)
        elif arg.startswith("$"):
            text = self.fed.get(arg.partition("=")[0].strip("${}"), "")
        else:
            return []
        self.unsettled(text)
        return self.session.assign(list(self._pairs(text)))

    def _pairs(self, text: str) -> list[tuple[str, str]]:
        """The `NAME=value` of a text, with `export` before it or without, and without quotes around it."""
        lines = (line.strip().removeprefix("export ") for line in text.split("\n"))
        return [(name, word.strip().strip("\"'")) for name, word in assignments("\n".join(lines))]

    def unsettled(self, text: str) -> None:
        """Remembers it where some of what is taken in is not known."""
        self.unseen = either(self.unseen, unknown_lines(text, self.session.expand))

    def missed(self, reach: Reach, started: Started) -> None:
        """A sourced file that is neither in the repository nor written by a step."""
        path = started.args[0] if started.args else ""
        if may_set(path) and may_set(reach.path(path)):
            self._note(path)

    def _note(self, text: str) -> None:
        self.unseen = either(self.unseen, self.what(text))

    def with_files(self, env: Mapping[str, Value], command: Command) -> Mapping[str, Value]:
        """What a program sees that is given files of variables."""
        files = env_files(command.words)
        if not files:
            return env
        found = dict(env)
        for file in files:
            text = self.file_of(file.path)
            if text is None and file.given and may_set(file.path):
                self._note(file.path)
            for name, word in self._pairs(text or ""):
                if file.beats or found.get(name, EMPTY) == EMPTY:
                    found[name] = self.session.expand(word)
        return found
