"""Where the walk over the steps is, what it has seen so far, and so what the next step sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ci_tokengate.scan.flows.github.conditions import implied
from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.model import Act, JobRun
from ci_tokengate.scan.flows.github.passed import has_passed
from ci_tokengate.scan.flows.github.status import Terms, asks_success
from ci_tokengate.scan.flows.names import base_of
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.values import EMPTY, Kind, Value, either
from ci_tokengate.scan.flows.yaml import Scalar

ANY = "*"
"""Among what a step leaves for later ones: something under a name that is not known. A base URL may be another by now."""


@dataclass(kw_only=True)
class Level:
    """Where the walk is: in the job itself, or in a composite action of its.

    own: the variables that the action's step was given by its own `env:`; GITHUB_ENV does not reach them.
    users: the places in the job of the steps that use the action, and that in which these stand. soft: whether the job goes on when the action fails.
    """

    file: File
    scope: Scope
    base: Mapping[str, Value]
    terms: Terms
    at: tuple[File, Scalar] | None = None
    composite: str = ""
    defaulted: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    depth: int = 0
    users: tuple[int, ...] = ()
    soft: bool = False


@dataclass(kw_only=True)
class Walk:
    """What is known after the steps so far. writes: a step → the variables it set for later ones."""

    repo: Repository
    run: JobRun
    writes: list[tuple[Act, Mapping[str, Value]]] = field(default_factory=list)


def environment(walk: Walk, level: Level, mine: Terms) -> Mapping[str, Value]:
    """Later writes to GITHUB_ENV win; one that may not have happened leaves both."""
    if not walk.writes:
        return level.base
    env = dict(level.base)
    for by, written in walk.writes:
        ran = not by.soft and implied(by.terms - asks_success(by.terms), mine)
        sure = ran or has_passed(by.id, by.soft, mine)
        for name, value in written.items():
            if name == ANY:
                env.update({n: either(env[n], value) for n in env if base_of(n)})
                continue
            if name in level.own:
                continue
            if by.script and name in by.script.unsure:
                value = either(env.get(name) or _perhaps(walk, name), value)
            env[name] = value if sure else either(env.get(name, EMPTY), value)
    return env


def leave(walk: Walk, act: Act, scope: Scope) -> None:
    """What a script wrote to GITHUB_ENV and GITHUB_OUTPUT."""
    if act.script is None:
        return
    if act.script.env or act.script.open:
        left = {ANY: act.script.open} if act.script.open else {}
        walk.writes.append((act, {**left, **dict(act.script.env)}))
    if act.id and act.script.outputs:
        unsure = act.script.unsure
        set_outputs(
            scope,
            act.id,
            {
                name.lower(): either(_perhaps(walk, name), value) if name in unsure else value
                for name, value in act.script.outputs
            },
        )


def _perhaps(walk: Walk, name: str) -> Value:
    """For a variable or output that a branch of a script may not have written."""
    return walk.repo.sources.value(Kind.OTHER, f"{name}, if it is set")


def set_outputs(scope: Scope, id: str, outputs: Mapping[str, Value]) -> None:
    if id:
        scope.steps = {**scope.steps, id: outputs}
