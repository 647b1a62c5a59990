"""The steps of a job in their order, those of composite actions in their place, each with what it sees."""

from __future__ import annotations

from ci_tokengate.scan.flows.github.conditions import terms
from ci_tokengate.scan.flows.github.dotenvs import dotenv
from ci_tokengate.scan.flows.github.entries import bound, read_entries, text_of
from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.expressions import condition
from ci_tokengate.scan.flows.github.gates import by_action, by_script
from ci_tokengate.scan.flows.github.model import Act, JobRun
from ci_tokengate.scan.flows.github.scripts import read_scripts
from ci_tokengate.scan.flows.github.services import add_services
from ci_tokengate.scan.flows.github.sight import Level, Walk, environment, leave, set_outputs
from ci_tokengate.scan.flows.github.status import SUCCESS, before, inner
from ci_tokengate.scan.flows.github.stores import fetched
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.values import Value
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_DEEPEST = 5
_MOST_ACTS = 2_000
_UNCONDITIONAL = frozenset({SUCCESS})
"""The terms of a step without an `if:`, which most are."""


def walk_steps(repo: Repository, run: JobRun) -> None:
    """Fills in `run.acts` and `run.gates`."""
    walk = Walk(repo=repo, run=run)
    add_services(run)
    level = Level(file=run.file, scope=run.scope, base=run.env, terms=frozenset())
    _sequence(walk, run.node.get("steps"), level)


def _sequence(walk: Walk, steps: Node | None, level: Level) -> None:
    level.scope.steps = {}
    for node in steps.items if isinstance(steps, Seq) else ():
        if isinstance(node, Map) and len(walk.run.acts) < _MOST_ACTS:
            _step(walk, node, level)


def _step(walk: Walk, node: Map, level: Level) -> None:
    scope = level.scope
    scope.env = level.base
    when = text_of(node.get("if"))
    mine = terms(condition(when), scope) if when.strip() else _UNCONDITIONAL
    if mine is None:
        return
    if level.users:
        mine = inner(mine, level.users[-1])
    together = frozenset((mine | level.terms) if level.terms else mine)
    env = environment(walk, level, together)
    scope.env = env
    own = read_entries(level.file, node.get("env"), scope)
    env = {**env, **{entry.name: entry.value for entry in own}}
    scope.env = env
    uses = text_of(node.get("uses")).strip()
    given = {e.name.lower(): e for e in read_entries(level.file, node.get("with"), scope)}
    inputs, exported, fetches = fetched(uses, given, walk.repo.sources)
    anchor = _anchor(node)
    act = Act(
        file=level.file,
        node=node,
        at=level.at or (level.file, anchor),
        inner=level.at is not None,
        label=text_of(node.get("name"))
        or text_of(node.get("id"))
        or uses
        or f"step {len(walk.run.acts) + 1}",
        id=text_of(node.get("id")).lower(),
        uses=uses,
        env=env,
        own=own,
        inputs=inputs,
        terms=together,
        script=None,
        scalar=None,
        gates=tuple(walk.run.gates),
        soft=level.soft or text_of(node.get("continue-on-error")) not in ("", "false"),
        order=len(walk.run.acts),
        composite=level.composite,
        users=level.users,
        defaulted=level.defaulted,
    )
    walk.run.acts.append(act)
    if act.id:
        walk.run.named[act.composite, act.id] = act
    read_scripts(walk.repo, walk.run, act, scope)
    _uses(walk, act, level)
    for env, outputs in ((exported, fetches), dotenv(walk.repo, walk.run, act)):
        if env or outputs:
            walk.writes.append((act, env))
            set_outputs(scope, act.id, outputs)
    leave(walk, act, scope)


def _uses(walk: Walk, act: Act, level: Level) -> None:
    if not by_action(walk, act, level) and act.uses.startswith("./"):
        _composite(walk, act, level)
    by_script(walk, act, level)


def _composite(walk: Walk, act: Act, level: Level) -> None:
    found = walk.repo.action(act.uses[2:]) if level.depth < _DEEPEST else None
    runs = found[1].get("runs") if found else None
    if found is None or not isinstance(runs, Map):
        return
    file, root = found
    walk.repo.called.add(file.path)
    scope = Scope(
        sources=walk.repo.sources,
        matrix=level.scope.matrix,
        event=level.scope.event,
        events=level.scope.events,
        secrets={},
    )
    scope.inputs = bound(root, {n: e.value for n, e in act.inputs.items()}, scope)
    inner = Level(
        file=file,
        scope=scope,
        base=act.env,
        terms=before(act.order, act.terms),
        at=act.at,
        composite=file.path,
        defaulted=frozenset(scope.inputs) - frozenset(act.inputs),
        own=level.own | {entry.name for entry in act.own},
        depth=level.depth + 1,
        soft=act.soft,
        users=(*level.users, act.order),
    )
    _sequence(walk, runs.get("steps"), inner)
    outputs = root.get("outputs")
    named: dict[str, Value] = {}
    for key, spec in outputs.items.values() if isinstance(outputs, Map) else ():
        if isinstance(spec, Map):
            named[key.text.lower()] = scope.text(text_of(spec.get("value")))
    set_outputs(level.scope, act.id, named)


def _anchor(node: Map) -> Scalar:
    """Where a finding about the whole step stands: at its `uses:` or `run:`."""
    for name in ("uses", "run"):
        if name in node.items:
            return node.items[name][0]
    return Scalar("", node.line, node.column)
