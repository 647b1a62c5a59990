"""The gates of a job: steps that use the action, and scripts that ask its command line."""

from __future__ import annotations

from ci_tokengate.scan.flows.github.entries import text_of
from ci_tokengate.scan.flows.github.expressions import Tree
from ci_tokengate.scan.flows.github.gate import NAME, Gate, is_gate, read_gate
from ci_tokengate.scan.flows.github.model import Act
from ci_tokengate.scan.flows.github.sight import Level, Walk, set_outputs
from ci_tokengate.scan.flows.github.status import SUCCESS, inner
from ci_tokengate.scan.flows.repository import Repository


def by_action(walk: Walk, act: Act, level: Level) -> bool:
    """Whether the step uses our own action. One that gates stands before all later steps."""
    if not is_gate(act.uses) and not _is_own(walk.repo, act.uses):
        return False
    gate = read_gate(
        {name: entry.value for name, entry in act.inputs.items()},
        walk.repo.sources,
        id=act.id,
        terms=act.terms,
        success=_success(level),
        soft=act.soft,
        line=act.order,
        users=level.users,
    )
    if gate is not None:
        walk.run.gates.append(gate)
        walk.writes.append((act, gate.env))
        set_outputs(level.scope, act.id, gate.outputs)
    return True


def by_script(walk: Walk, act: Act, level: Level) -> None:
    """`ci-tokengate gate` and `ci-tokengate mint` in a step's script."""
    for _, args in act.script.gates if act.script else ():
        if args[:1] in (("gate",), ("mint",)):
            gate = Gate(
                id=act.id,
                terms=act.terms,
                success=_success(level),
                soft=act.soft,
                mints=args[0] == "mint",
                unsure=False,
                env={},
                outputs={},
                hosts=frozenset(),
                line=act.order,
                users=level.users,
            )
            walk.run.gates.append(gate)


def _success(level: Level) -> Tree:
    """What `success()` means where the walk is."""
    return next(iter(inner(frozenset({SUCCESS}), level.users[-1]))) if level.users else SUCCESS


def _is_own(repo: Repository, uses: str) -> bool:
    """`uses: ./` in the repository of the action itself, or in a vendored copy of it."""
    if not uses.startswith("./"):
        return False
    found = repo.action(uses[2:])
    return found is not None and text_of(found[1].get("name")) == NAME
