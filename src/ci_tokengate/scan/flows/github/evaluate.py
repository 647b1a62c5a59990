"""What an expression can be, in the scope where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ci_tokengate.scan.flows.github.expressions import Tree, condition, parts
from ci_tokengate.scan.flows.github.functions import equal, formatted, within
from ci_tokengate.scan.flows.values import (
    EITHER,
    EMPTY,
    FALSE,
    TRUE,
    Kind,
    Sources,
    Value,
    either,
    is_unknown,
    joined,
    truth,
)

_HEAD = re.compile(
    r"github\.(?:head_ref|event\.(?:pull_request\.head\.|workflow_run\.(?:head_|pull_requests\.)|check_suite\.head_"
    r"|pull_request\.merge_commit_sha|workflow_run\.head_repository))"
)
_NUMBER = re.compile(r"github\.event\.(?:number|pull_request\.number|issue\.number)$")


_RUNNER_FILES = {"github.env": "$GITHUB_ENV", "github.output": "$GITHUB_OUTPUT"}
"""The same files as these variables name."""


@dataclass(kw_only=True)
class Scope:
    """The contexts an expression sees. Names are in lower case but for `env`.

    secrets: what a called workflow was given, None where the repository's own are meant.
    event: the one trigger that is looked at, "" for any of `events`.
    """

    sources: Sources
    env: Mapping[str, Value] = field(default_factory=dict)
    inputs: Mapping[str, Value] = field(default_factory=dict)
    matrix: Mapping[str, Value] = field(default_factory=dict)
    secrets: Mapping[str, Value] | None = None
    steps: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    needs: Callable[[str, str], Value | None] = lambda job, output: None
    event: str = ""
    events: tuple[str, ...] = ()

    def by_event(self) -> Iterator[Scope]:
        """This scope under each trigger of the job: what holds under every one of them holds."""
        if self.event or len(self.events) < 2:
            yield self
        else:
            for event in self.events:
                yield replace(self, event=event)

    def text(self, text: str) -> Value:
        """A text with expressions in it."""
        if "${{" not in text:
            return (text,)
        return joined(
            [(p,) if isinstance(p, str) else self.tree(p) for p in parts(text)] or [EMPTY]
        )

    def holds(self, text: str) -> bool | None:
        """Whether an `if:` holds; None if that is not known."""
        return truth(self.tree(condition(text)))

    def tree(self, tree: Tree) -> Value:
        kind = tree[0]
        if kind == "lit":
            return (tree[1],)
        if kind == "path":
            return self._path(tree[1])
        if kind == "index":
            return self._index(tree)
        if kind == "call":
            return self._call(tree[1], tree[2])
        if kind == "not":
            known = truth(self.tree(tree[1]))
            return EITHER if known is None else FALSE if known else TRUE
        if kind in ("and", "or"):
            return self._chain(kind, tree[1])
        if kind in ("==", "!="):
            return equal(kind, self.tree(tree[1]), self.tree(tree[2]))
        return EITHER if kind != "unknown" else self.sources.value(Kind.OTHER, tree[1])

    def _chain(self, kind: str, trees: Sequence[Tree]) -> Value:
        """`a || b` is a unless a is false; `a && b` is b unless a is false."""
        stops = kind == "or"
        so_far: list[Value] = []
        for tree in trees[:-1]:
            value = self.tree(tree)
            known = truth(value)
            if known is stops:
                return either(*so_far, value)
            if known is None:
                keep = tuple(t for t in value if is_unknown(t) or (truth((t,)) is stops))
                so_far.append(keep if stops else tuple("" if is_unknown(t) else t for t in keep))
        return either(*so_far, self.tree(trees[-1])) or EMPTY

    def _index(self, tree: Tree) -> Value:
        base, names = tree[1], self.tree(tree[2])
        if base[0] == "path":
            return either(
                *(
                    self.sources.value(base_kind, "*")
                    if is_unknown(name) and (base_kind := _KINDS.get(base[1][0]))
                    else self._path((*base[1], name.lower()))
                    for name in names
                )
            )
        return either(self.tree(base), names)

    def _path(self, names: tuple[str, ...]) -> Value:  # noqa: C901 - one context a line
        context, name = names[0], ".".join(names[1:])
        if context == "secrets":
            return self._secret(name)
        if context == "vars":
            return self.sources.value(Kind.VAR, name.upper())
        if context == "env":
            return self._env(name)
        if context == "matrix" and name in self.matrix:
            return self.matrix[name]
        if context == "inputs" or names[:3] == ("github", "event", "inputs"):
            return self._input(names[-1])
        if context == "steps" and len(names) == 4 and names[1] in self.steps:
            found = self.steps[names[1]].get(names[3])
            if found is not None:
                return found
        if context in ("needs", "jobs") and len(names) == 4:
            output = self.needs(names[1], names[3])
            if output is not None:
                return output
        return self._github(".".join(names))

    def _secret(self, name: str) -> Value:
        if name == "github_token":
            return self.sources.value(Kind.TOKEN, "GITHUB_TOKEN")
        if self.secrets is not None and name:
            return self.secrets.get(name, EMPTY)
        return self.sources.value(Kind.SECRET, name.upper() or "*")

    def _env(self, name: str) -> Value:
        for known, value in self.env.items():
            if known.lower() == name:
                return value
        return self.sources.value(Kind.OTHER, f"env.{name}")

    def _input(self, name: str) -> Value:
        return self.inputs.get(name) or self.sources.value(Kind.OTHER, f"inputs.{name}")

    def _github(self, path: str) -> Value:
        if path == "github.event_name" and self.event:
            return (self.event,)
        if path in _RUNNER_FILES:
            return (_RUNNER_FILES[path],)
        if path == "github.token":
            return self.sources.value(Kind.TOKEN, path)
        if _HEAD.match(path):
            return self.sources.value(Kind.HEAD, path)
        if _NUMBER.match(path):
            return self.sources.value(Kind.NUMBER, path)
        return self.sources.value(Kind.OTHER, path)

    def _call(self, name: str, args: Sequence[Tree]) -> Value:
        if name == "format" and args:
            return formatted([self.tree(arg) for arg in args])
        if name in ("tojson", "fromjson", "join") and args:
            return self.tree(args[0])
        if name in ("always",):
            return TRUE
        if name in ("contains", "startswith", "endswith") and len(args) == 2:
            return within(name, self.tree(args[0]), self.tree(args[1]))
        if name in ("success", "failure", "cancelled"):
            return EITHER
        return self.sources.value(Kind.OTHER, name)


_KINDS = {"secrets": Kind.SECRET, "vars": Kind.VAR}
