"""Which agents a script's commands start, and what else of them the rules ask for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from ci_tokengate.scan.flows.agents.commands import passed_on, recognise
from ci_tokengate.scan.flows.shell.code import code_starts, code_writes
from ci_tokengate.scan.flows.shell.command import Command
from ci_tokengate.scan.flows.shell.heads import applies, is_head, moves, only_fetches
from ci_tokengate.scan.flows.shell.leaves import leaves
from ci_tokengate.scan.flows.shell.model import Call, Ran
from ci_tokengate.scan.flows.shell.session import Session
from ci_tokengate.scan.flows.shell.sourcing import Sourcing
from ci_tokengate.scan.flows.shell.started import UNSEEN, Started
from ci_tokengate.scan.flows.shell.unseen import with_unseen
from ci_tokengate.scan.flows.shell.unwrap import start
from ci_tokengate.scan.flows.values import Kind

_WRAPS = re.compile(
    r"(?:^|[-_.])(?:env|exec|run|with|wrap\w*|retry|guard\w*|limit\w*|secrets?)(?:$|[-_.])"
)
"""How a program is called that runs what it is given."""


class Calling(Sourcing):
    """line: of the command that runs the file being read, in the script itself; -1 outside such a file.

    diffed: whether it has got the changes of a pull request.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.line, self.diffed = -1, False

    def code(self, text: str, command: Command) -> None:
        """Python or JavaScript that a command runs."""
        if not text:
            return
        self.script.env += code_writes(text, self.session.sources)
        for _, words in code_starts(text):
            self.agent(command._replace(words=tuple(words)), start(words))

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
        env = self.with_files(self.session.env_of(started), command)
        if UNSEEN in env:
            unseen = self.session.sources.value(Kind.OTHER, "the container's environment")
            env = {**dict.fromkeys(agent.bases, unseen), **env}
        env = with_unseen(agent, env, self.unseen)
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
