"""One script, read from top to bottom: which agents it runs under which variables, and what it leaves behind."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from ci_tokengate.scan.flows.shell.calling import Calling
from ci_tokengate.scan.flows.shell.code import code_writes
from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.launchers import spawned
from ci_tokengate.scan.flows.shell.lex import lex
from ci_tokengate.scan.flows.shell.model import Script
from ci_tokengate.scan.flows.shell.projects import recipes
from ci_tokengate.scan.flows.shell.quoting import DOLLAR
from ci_tokengate.scan.flows.shell.reach import INTERPRETERS, Reach
from ci_tokengate.scan.flows.shell.session import Session
from ci_tokengate.scan.flows.shell.sourcing import SOURCES
from ci_tokengate.scan.flows.shell.started import Started, value_of
from ci_tokengate.scan.flows.shell.unwrap import start
from ci_tokengate.scan.flows.shell.writes import output, targets
from ci_tokengate.scan.flows.values import Sources, Value

_DEEPEST = 4
_MOST_FILES = 20
_MOST_FED = 40
"""Commands of one pipe that are looked back at."""
_TAKEN = 4
"""`eval` and the like are given at most so many times the script itself: those within each other would be read again and again."""

_INLINE = ("-c", "-e", "--eval", "-p", "--print")
_SHELLS = ("bash", "sh", "zsh")
_FED = tuple((name,) for name in _SHELLS)
"""`echo '…' | bash`"""


def read_script(
    text: str,
    env: Mapping[str, Value],
    sources: Sources,
    *,
    powershell: bool = False,
    open_names: bool = True,
    reach: Reach | None = None,
) -> Script:
    """open_names: whether variables that nothing here sets may be set elsewhere (project variables of GitLab, say).

    reach: the files of the repository that the script may run; None where they are not followed.
    """
    session = Session(
        env=dict(env), sources=sources, powershell=powershell, open_names=open_names, reach=reach
    )
    reader = _Reader(session)
    reader.room = _TAKEN * len(text)
    for path in env.get("BASH_ENV", ()) if not powershell else ():
        reader.command(Command((SOURCES[0], path), 0), None, 0)
    reader.read(text, 0, 0)
    return reader.script


class _Reader(Calling):
    """files: how many it has followed."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.files = 0

    def read(self, text: str, line: int, depth: int) -> None:
        commands = lex(text, line, powershell=self.session.powershell)
        if self.session.powershell and "AllText" in text:
            appends = "\n".join(t for t in text.split("\n") if "AllText" in t)
            self.script.env += code_writes(appends.replace("`n", ""), self.session.sources)
        for nth, command in enumerate(commands):
            following = commands[nth + 1] if nth + 1 < len(commands) else None
            if self.line >= 0:
                command = command._replace(line=self.line)
            if any("$" in word for word in command.words):
                command = command._replace(words=tuple(map(self.placed, command.words)))
            self.command(command, following, depth)
            self.feeding = (*self.feeding[:_MOST_FED], command) if command.pipe else ()

    def command(self, command: Command, following: Command | None, depth: int) -> None:
        spliced = self.spliced(command.words)
        started = start(self.session.words(spliced))
        written = targets(command, following)
        if written:
            self.written(command, written)
        if command.pipe and following is not None and following.words[:1] in _FED:
            text = output(command) or self.printed(command) or ""
            self.below(started, text, command.line, depth + 1) if depth < _DEEPEST else None
        if started.name:
            self.told(command.line, self.session.builtin(started.name, started.args))
            self.told(command.line, self.taken(command, started))
            if depth < _DEEPEST:
                self.inside(command, started, depth)
            self.agent(command, started)
        else:
            self.told(command.line, self.session.assign(started.sets))
        if spliced is not command.words:
            started = start(
                self.session.words(command.words)
            )  # a file's settings stand in the file
        self.note(command, started, written)

    def inside(self, command: Command, started: Started, depth: int) -> None:
        """A script that the command runs: given to a shell, fed to it, or in a file of the repository."""
        if started.name.startswith(INTERPRETERS):
            self.code(command.heredoc, command)
            self.code(value_of(started.args, _INLINE).replace(DOLLAR, "$"), command)
        opened = self.opened
        if (text := self.taken_in(command, started)) is not None:
            self.unsettled(text)
            self.run_here(text, command, depth, of_a_file=self.opened > opened)
        elif started.script:
            self.below(started, started.script, command.line, depth)
        elif command.heredoc and started.name == "expect":
            self.below(started, spawned(command.heredoc), command.line + 1, depth)
        elif command.heredoc and started.name in _SHELLS:
            self.below(started, command.heredoc, command.line + 1, depth)
        elif self.session.reach is not None:
            self.reached(self.session.reach, command, started, depth)

    def run_here(self, text: str, command: Command, depth: int, *, of_a_file: bool) -> None:
        """What is in a file is judged where it stands; here counts what it sets and starts."""
        outer = self.line
        self.line = command.line if of_a_file else outer
        self.read(text, command.line, depth + 1)
        self.line = outer

    def reached(self, reach: Reach, command: Command, started: Started, depth: int) -> None:
        for text in reach.codes(started):
            self.script.codes.append((command.line, text))
            self.code(text, command)
        if any("$" in word or DOLLAR in word for word in (started.path, *started.args)):
            args = tuple(map(self.located, started.args))
            started = started._replace(args=args, path=self.located(started.path))
        found = [
            *reach.texts(started),
            *(("", text) for text in recipes(reach, started.name, started.args)),
        ]
        for path, text in found:
            self.follow(path, text, command, started, depth)
        if not found and started.name in SOURCES:
            self.missed(reach, started)

    def below(self, started: Started, text: str, line: int, depth: int) -> None:
        """A shell in between: what it sets is gone when it ends."""
        env, self.session.env = self.session.env, self.session.env_of(started)
        unseen = self.unseen
        self.read(text, line, depth + 1)
        self.session.env, self.unseen = env, unseen

    def follow(self, path: str, text: str, command: Command, started: Started, depth: int) -> None:
        if self.files >= _MOST_FILES:
            return
        self.files += 1
        outer, self.line, self.folder = (
            (self.line, self.folder),
            command.line,
            posixpath.dirname(path),
        )
        if started.name in SOURCES:
            self.unsettled(text)
            self.read(text, command.line, depth + 1)
        else:
            self.below(started, text, command.line, depth)
        self.line, self.folder = outer
