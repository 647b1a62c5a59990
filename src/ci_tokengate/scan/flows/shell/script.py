"""One script, read from top to bottom: which agents it runs under which variables, and what it leaves behind."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from ci_tokengate.scan.flows.agents.commands import passed_on, recognise
from ci_tokengate.scan.flows.shell.code import code_starts, code_writes
from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.heads import applies, is_head, moves, only_fetches
from ci_tokengate.scan.flows.shell.later import Writer
from ci_tokengate.scan.flows.shell.launchers import spawned
from ci_tokengate.scan.flows.shell.leaves import leaves
from ci_tokengate.scan.flows.shell.lex import lex
from ci_tokengate.scan.flows.shell.model import Call, Ran, Script
from ci_tokengate.scan.flows.shell.quoting import DOLLAR
from ci_tokengate.scan.flows.shell.reach import INTERPRETERS, Reach
from ci_tokengate.scan.flows.shell.session import Session
from ci_tokengate.scan.flows.shell.started import UNSEEN, Started, value_of
from ci_tokengate.scan.flows.shell.unwrap import start
from ci_tokengate.scan.flows.shell.writes import output, targets
from ci_tokengate.scan.flows.values import Kind, Sources, Value

_DEEPEST = 4
_MOST_FILES = 20
_NESTED, _TAKEN = 3, 4
"""`eval` and the like are given at most so many times the script itself: those within each other would be read again and again."""

_INLINE = ("-c", "-e", "--eval", "-p", "--print")
_SHELLS = ("bash", "sh", "zsh")
_FED = tuple((name,) for name in _SHELLS)
"""`echo '…' | bash`"""
_SOURCES = ("source", ".")
_WRAPS = re.compile(
    r"(?:^|[-_.])(?:env|exec|run|with|wrap\w*|retry|guard\w*|limit\w*|secrets?)(?:$|[-_.])"
)
"""How a program is called that runs what it is given."""


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
    reader.read(text, 0, 0)
    return reader.script


class _Reader(Writer):
    """room: for what `eval` and the like may still be given, in characters. line: of the command that runs the file being read, in the script itself; -1 outside such a file."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.line, self.files, self.diffed, self.room = -1, 0, False, 0

    def read(self, text: str, line: int, depth: int) -> None:
        commands = lex(text, line, powershell=self.session.powershell)
        if self.session.powershell and "AllText" in text:
            appends = "\n".join(t for t in text.split("\n") if "AllText" in t)
            self.script.env += code_writes(appends.replace("`n", ""), self.session.sources)
        for nth, command in enumerate(commands):
            following = commands[nth + 1] if nth + 1 < len(commands) else None
            if self.line >= 0:
                command = command._replace(line=self.line)
            self.command(command, following, depth)

    def command(self, command: Command, following: Command | None, depth: int) -> None:
        started = start(self.session.words(command.words))
        written = targets(command, following)
        if written:
            self.written(command, written)
        if command.pipe and following is not None and following.words[:1] in _FED:
            text = output(command) or self.printed(command)
            self.below(started, text, command.line, depth + 1) if depth < _DEEPEST else None
        if started.name:
            self.told(command.line, self.session.builtin(started.name, started.args))
            if started.name == "export":
                self.told(command.line, self.exported(started.args))
            if depth < _DEEPEST:
                self.inside(command, started, depth)
            self.agent(command, started)
        else:
            self.told(command.line, self.session.assign(started.sets))
        self.note(command, started, written)

    def inside(self, command: Command, started: Started, depth: int) -> None:
        """A script that the command runs: given to a shell, fed to it, or in a file of the repository."""
        if started.name.startswith(INTERPRETERS):
            self.code(command.heredoc, command)
            self.code(value_of(started.args, _INLINE).replace(DOLLAR, "$"), command)
        if (text := self.taken_in(command, started)) is not None:
            self.read(text, command.line, depth + 1)
        elif started.script:
            self.below(started, started.script, command.line, depth)
        elif command.heredoc and started.name == "expect":
            self.below(started, spawned(command.heredoc), command.line + 1, depth)
        elif command.heredoc and started.name in _SHELLS:
            self.below(started, command.heredoc, command.line + 1, depth)
        elif self.session.reach is not None:
            self.reached(self.session.reach, command, started, depth)

    def reached(self, reach: Reach, command: Command, started: Started, depth: int) -> None:
        for text in reach.codes(started):
            self.script.codes.append((command.line, text))
            self.code(text, command)
        for text in reach.texts(started):
            self.follow(text, command, started, depth)

    def taken_in(self, command: Command, started: Started) -> str | None:
        """What the shell itself runs that is in no file: `eval …`, `source <(echo …)`, `. /dev/stdin <<< …`."""
        given = started.args[0] if started.args and started.name in _SOURCES else ""
        is_eval = command.words[:1] == ("eval",)
        text = started.script if is_eval else command.heredoc if given == "/dev/stdin" else given
        if not is_eval and given != "/dev/stdin" and not given.startswith("<("):
            return None
        self.room -= len(text)
        nested = text.count("$(") + text.count("<(") > _NESTED
        return "" if nested or self.room < 0 else self.substituted(text)

    def code(self, text: str, command: Command) -> None:
        """Python or JavaScript that a command runs."""
        if not text:
            return
        self.script.env += code_writes(text, self.session.sources)
        for _, words in code_starts(text):
            self.agent(command._replace(words=tuple(words)), start(words))

    def below(self, started: Started, text: str, line: int, depth: int) -> None:
        """A shell in between: what it sets is gone when it ends."""
        env, self.session.env = self.session.env, self.session.env_of(started)
        self.read(text, line, depth + 1)
        self.session.env = env

    def follow(self, text: str, command: Command, started: Started, depth: int) -> None:
        if self.files >= _MOST_FILES:
            return
        self.files += 1
        outer, self.line = self.line, command.line
        if started.name in _SOURCES:
            self.read(text, command.line, depth + 1)
        else:
            self.below(started, text, command.line, depth)
        self.line = outer

    def agent(self, command: Command, started: Started) -> None:
        if started.name == "ci-tokengate":
            self.script.gates.append((command.line, started.args))
            return
        args = tuple(self.session.expand(arg)[0] for arg in started.args)
        agent = recognise(started.name, args)
        if started.path == command.words[0] in self.session.functions:
            agent = None  # a function of that name, which is read itself
        if agent is None and self.may_wrap(started):
            agent, args = passed_on(args)
        if started.name == "agent" and self.is_cursor(args):
            agent = recognise("cursor-agent", args)
        if agent is None:
            return
        env = self.session.env_of(started)
        if UNSEEN in env:
            unseen = self.session.sources.value(Kind.OTHER, "the container's environment")
            env = {**dict.fromkeys(agent.bases, unseen), **env}
        self.script.calls.append(
            Call(agent=agent, args=args, env=env, line=command.line, word=posixpath.basename(started.path or started.name),
                 gated=started.gated)
        )  # fmt: skip

    def may_wrap(self, started: Started) -> bool:
        """A script, a function of this one, or a program of that name."""
        name = started.name
        return name in self.session.functions or "/" in started.path or bool(_WRAPS.search(name))

    def is_cursor(self, args: Sequence[str]) -> bool:
        installed = any(
            "cursor.com/install" in arg for ran in self.script.ran for arg in ran.command.words
        )
        return "-p" in args and (installed or "CURSOR_API_KEY" in self.session.env)

    def note(self, command: Command, started: Started, written: tuple[str, ...]) -> None:
        ran = Ran(
            name=started.name, args=started.args, command=command, started=started, writes=written
        )
        self.diffed = self.diffed or (started.name == "gh" and started.args[:2] == ("pr", "diff"))
        applied = self.diffed and applies(ran)
        if applied or is_head(ran, self.session.expand, self.session.sources):
            into = self.script.fetched if only_fetches(ran) else self.script.heads
            into.append(command.line)
        elif moves(ran):
            self.script.moved.append(command.line)
        if self.line >= 0:
            return  # that file is read by itself, where it stands
        own = started.sets if started.name else ()
        given = [(n, word) for n, word in (*own, *(started.container or ())) if word is not None]
        self.told(
            command.line, [(n, self.session.expand(word)) for n, word in (*given, *leaves(ran))]
        )
        self.script.ran.append(ran)
