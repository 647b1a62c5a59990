"""One script, read from top to bottom: which agents it runs under which variables, and what it leaves behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ci_tokengate.scan.flows.agents.commands import recognise
from ci_tokengate.scan.flows.agents.model import Agent
from ci_tokengate.scan.flows.shell.lex import Command, lex
from ci_tokengate.scan.flows.shell.unwrap import Started, start
from ci_tokengate.scan.flows.shell.words import expand
from ci_tokengate.scan.flows.shell.writes import assignments, is_file, output, targets
from ci_tokengate.scan.flows.values import EMPTY, Kind, Sources, Value

_DEEPEST = 4
_HEAD = re.compile(r"(?:refs/)?pull/[^/\s]+/(?:head|merge)")


@dataclass(frozen=True, kw_only=True)
class Call:
    """An agent that a script runs. args have their variables put in; gated: under `ci-tokengate run`."""

    agent: Agent
    args: tuple[str, ...]
    env: Mapping[str, Value]
    line: int
    word: str
    gated: bool


@dataclass(frozen=True, kw_only=True)
class Ran:
    """Any other command: for hosts, model calls and checkouts."""

    name: str
    args: tuple[str, ...]
    command: Command
    started: Started
    writes: tuple[str, ...]


@dataclass(kw_only=True)
class Script:
    """Lines count from 0, in the script."""

    calls: list[Call] = field(default_factory=list)
    ran: list[Ran] = field(default_factory=list)
    env: list[tuple[str, Value]] = field(default_factory=list)
    outputs: list[tuple[str, Value]] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)
    sets: list[tuple[int, str, Value]] = field(default_factory=list)
    gates: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)


def read_script(
    text: str,
    env: Mapping[str, Value],
    sources: Sources,
    *,
    powershell: bool = False,
    open_names: bool = True,
) -> Script:
    """open_names: whether variables that nothing here sets may be set elsewhere (project variables of GitLab, say)."""
    reader = _Reader(dict(env), sources, powershell, open_names)
    reader.read(text, 0, 0)
    return reader.script


class _Reader:
    def __init__(
        self, env: dict[str, Value], sources: Sources, powershell: bool, open_names: bool
    ) -> None:
        self.env, self.sources = env, sources
        self.powershell, self.open_names = powershell, open_names
        self.script = Script()

    def read(self, text: str, line: int, depth: int) -> None:
        commands = lex(text, line, powershell=self.powershell)
        for nth, command in enumerate(commands):
            following = commands[nth + 1] if nth + 1 < len(commands) else None
            self.command(command, following, depth)

    def expand(self, word: str) -> Value:
        return expand(word, self.env, self.sources, open_names=self.open_names)

    def command(self, command: Command, following: Command | None, depth: int) -> None:
        words = self.words(command.words)
        if words[:1] and words[0].startswith("$env:") and len(words) > 2 and words[1] == "=":
            words = (f"{words[0][5:]}={words[2]}",)
        started = start(words)
        written = targets(command, following)
        if written:
            self.written(command, written)
        if not started.name:
            self.assign(started.sets, command.line)
            self.note(command, started, written)
            return
        if started.name in ("export", "declare", "typeset", "local", "readonly", "setx", "set"):
            self.export(started, command.line)
        elif started.name == "unset":
            for name in started.args:
                self.env[name] = EMPTY
        elif started.script and depth < _DEEPEST:
            with_env = self.env
            self.env = self.env_of(started)
            self.read(started.script, command.line, depth + 1)
            self.env = with_env
        self.shell_fed(command, started, depth)
        self.agent(command, started)
        self.note(command, started, written)

    def words(self, words: Sequence[str]) -> Sequence[str]:
        """A first word that is a variable is looked up: `$AGENT -p`."""
        if words and words[0].startswith("$"):
            value = self.expand(words[0])
            if len(value) == 1 and value[0].strip():
                return (*value[0].split(), *words[1:])
        return words

    def shell_fed(self, command: Command, started: Started, depth: int) -> None:
        """`bash <<EOF`."""
        if command.heredoc and started.name in ("bash", "sh", "zsh") and depth < _DEEPEST:
            self.read(command.heredoc, command.line + 1, depth + 1)

    def assign(self, sets: Sequence[tuple[str, str]], line: int) -> None:
        for name, word in sets:
            name = name.removeprefix("$env:")
            self.env[name] = value = self.expand(word)
            self.script.sets.append((line, name, value))

    def export(self, started: Started, line: int) -> None:
        for arg in started.args:
            name, equals, word = arg.partition("=")
            if equals and name.isidentifier():
                self.assign(((name, word),), line)

    def env_of(self, started: Started) -> dict[str, Value]:
        """The variables that the started program sees."""
        env = {} if started.clean else dict(self.env)
        for name in started.unset:
            env[name] = EMPTY
        for name, word in started.sets:
            env[name] = self.expand(word)
        if started.container is not None:
            given = dict(started.container)
            if "*" not in given:
                env = {
                    n: env.get(n, EMPTY) if w is None else self.expand(w) for n, w in given.items()
                }
        return env

    def agent(self, command: Command, started: Started) -> None:
        if started.name == "ci-tokengate":
            self.script.gates.append((command.line, started.args))
            return
        args = tuple(_first(self.expand(arg)) for arg in started.args)
        agent = recognise(started.name, args)
        if started.name == "agent" and self.is_cursor(args):
            agent = recognise("cursor-agent", args)
        if agent is None:
            return
        line = command.line
        self.script.calls.append(
            Call(
                agent=agent,
                args=args,
                env=self.env_of(started),
                line=line,
                word=started.name,
                gated=started.gated,
            )
        )

    def is_cursor(self, args: Sequence[str]) -> bool:
        installed = any(
            "cursor.com/install" in arg for ran in self.script.ran for arg in ran.command.words
        )
        return "-p" in args and (installed or "CURSOR_API_KEY" in self.env)

    def note(self, command: Command, started: Started, written: tuple[str, ...]) -> None:
        if started.sets and started.name:
            for name, word in started.sets:
                self.script.sets.append((command.line, name, self.expand(word)))
        ran = Ran(
            name=started.name, args=started.args, command=command, started=started, writes=written
        )
        self.script.ran.append(ran)
        if self.is_head(ran):
            self.script.heads.append(command.line)

    def is_head(self, ran: Ran) -> bool:
        """`gh pr checkout`, or git on a pull request's ref or head."""
        if ran.name == "gh":
            return ran.args[:2] == ("pr", "checkout")
        if ran.name != "git" or not any(
            w in ran.args
            for w in (
                "fetch",
                "checkout",
                "pull",
                "switch",
                "merge",
                "reset",
                "clone",
                "worktree",
                "cherry-pick",
            )
        ):
            return False
        values = [self.expand(arg) for arg in ran.args]
        return any(
            self.sources.has(value, Kind.HEAD) or any(_HEAD.search(text) for text in value)
            for value in values
        )

    def written(self, command: Command, written: Sequence[str]) -> None:
        text = output(command)
        if not text:
            return
        for target in written:
            into = (
                self.script.env
                if is_file(target, "GITHUB_ENV")
                else self.script.outputs
                if is_file(target, "GITHUB_OUTPUT")
                else None
            )
            if into is None:
                self.script.files.append((_first(self.expand(target)), text))
                continue
            for name, word in assignments(text):
                value = (word,) if command.quoted_heredoc else self.expand(word)
                into.append((name, value))
                self.script.sets.append((command.line, name, value))


def _first(value: Value) -> str:
    return value[0]


def python_writes(text: str, sources: Sources) -> Iterator[tuple[str, Value]]:
    """`NAME=value` written to GITHUB_ENV by Python, and `core.exportVariable` of github-script."""
    for match in re.finditer(
        r"exportVariable\(\s*['\"](\w+)['\"]\s*,\s*(?:['\"`]([^'\"`\n]*)['\"`]|([^)\n]*))", text
    ):
        yield match[1], (match[2],) if match[2] is not None else sources.value(Kind.OTHER, match[3])
    if "GITHUB_ENV" in text:
        for match in re.finditer(r"f?['\"](\w+)=([^'\"\n\\]*)", text):
            yield (
                match[1],
                (match[2],) if "{" not in match[2] else sources.value(Kind.OTHER, match[2]),
            )
