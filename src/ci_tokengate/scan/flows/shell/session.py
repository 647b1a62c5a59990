"""What a shell knows while a script runs: variables, aliases, functions, the folder it is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ci_tokengate.scan.flows.agents.commands import PROGRAMS
from ci_tokengate.scan.flows.shell.containers import ENGINES
from ci_tokengate.scan.flows.shell.packages import MANAGERS, RUNNERS
from ci_tokengate.scan.flows.shell.reach import Reach
from ci_tokengate.scan.flows.shell.started import FILE, Started
from ci_tokengate.scan.flows.shell.words import expand
from ci_tokengate.scan.flows.values import EMPTY, Sources, Value, either, is_unknown

_WORKSPACE = ("$GITHUB_WORKSPACE/", "${GITHUB_WORKSPACE}/")
_MOST_TURNS = 32
_TAKE_PROGRAMS = ENGINES | RUNNERS | MANAGERS.keys() | {"sudo", "timeout"}
_LONGEST = 200
"""Of an image's or a package's name."""

_EXPORTS = ("export", "declare", "typeset", "local", "readonly", "setx", "set")


@dataclass(kw_only=True)
class Session:
    """open_names: whether variables that nothing here sets may be set elsewhere. reach: None where files are not followed."""

    env: dict[str, Value]
    sources: Sources
    powershell: bool
    open_names: bool
    reach: Reach | None
    aliases: dict[str, list[str]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)

    def expand(self, word: str) -> Value:
        return expand(word, self.env, self.sources, open_names=self.open_names)

    def words(self, words: Sequence[str]) -> Sequence[str]:
        """A first word that is a variable or an alias is looked up: `$AGENT -p`."""
        if self.powershell and len(words) > 2 and words[1] == "=":
            if words[0].startswith("$env:"):
                return (f"{words[0][5:]}={words[2]}",)
            if words[0].startswith("$"):
                plain = len(words) == 3 and words[2] not in PROGRAMS
                return (f"{words[0][1:]}={words[2]}",) if plain else words[2:]
        if words and words[0].startswith("$") and not words[0].startswith(_WORKSPACE):
            value = self.expand(words[0])
            if len(value) == 1 and value[0].strip():
                return (*value[0].split(), *words[1:])
        if words and words[0] in self.aliases:
            return (*self.aliases[words[0]], *words[1:])
        if words and words[0] in _TAKE_PROGRAMS:
            return (words[0], *(self._known(word) for word in words[1:]))
        return words

    def _known(self, word: str) -> str:
        """What a variable holds that is a whole word: an image, a package."""
        if word[:1] != "$":
            return word
        value = self.expand(word)
        known = len(value) == 1 and 0 < len(value[0]) < _LONGEST and not is_unknown(value[0])
        return value[0] if known else word

    def assign(self, sets: Sequence[tuple[str, str]]) -> list[tuple[str, Value]]:
        """Puts variables; what they now hold."""
        told = []
        for name, word in sets:
            self.env[name] = value = self.expand(word)
            told.append((name, value))
        return told

    def builtin(self, name: str, args: Sequence[str]) -> list[tuple[str, Value]]:
        """Runs what changes the shell itself; the variables it set."""
        if name in _EXPORTS:
            pairs = (arg.partition("=") for arg in args)
            return self.assign(
                [(n, word) for n, equals, word in pairs if equals and n.isidentifier()]
            )
        if name == "for" and args[1:2] == ("in",):
            return self._loop(args[0], args[2:])
        if name == "unset":
            self.env.update(dict.fromkeys(args, EMPTY))
        elif name == "alias":
            self.aliases.update({a.partition("=")[0]: a.partition("=")[2].split() for a in args})
        elif name == "function":
            self.functions.update(args[:1])
        elif name in ("cd", "pushd") and args and self.reach is not None:
            self.reach = self.reach.into(args[0])
        return []

    def _loop(self, name: str, words: Sequence[str]) -> list[tuple[str, Value]]:
        """The variable of a loop is any of these."""
        self.env[name] = value = (
            either(*(self.expand(word) for word in words[:_MOST_TURNS])) or EMPTY
        )
        return [(name, value)]

    def env_of(self, started: Started) -> dict[str, Value]:
        """The variables that the started program sees."""
        env = {} if started.clean else dict(self.env)
        for name in started.unset:
            env[name] = EMPTY
        for name, word in started.sets:
            env[name] = self.expand(word)
        if started.container is not None:
            given = dict(started.container)
            if FILE not in given:
                env = {
                    n: env.get(n, EMPTY) if w is None else self.expand(w) for n, w in given.items()
                }
        return env
