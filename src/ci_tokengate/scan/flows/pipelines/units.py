"""GitLab CI, CircleCI, Azure Pipelines and Compose, as units: variables that hold together, and the scripts under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.pipelines.graph import Around
from ci_tokengate.scan.flows.pipelines.inherited import (
    before_script,
    inherited,
    of_all,
    referenced,
)
from ci_tokengate.scan.flows.pipelines.invoked import CALLS, given
from ci_tokengate.scan.flows.pipelines.matrices import legs
from ci_tokengate.scan.flows.pipelines.parameters import defaults, in_header, with_defaults
from ci_tokengate.scan.flows.pipelines.scripts import SCRIPTS, arguments, is_code, scripts_of
from ci_tokengate.scan.flows.pipelines.secrets import env_files, taken_in
from ci_tokengate.scan.flows.pipelines.users import all_jobs, used_in, users
from ci_tokengate.scan.flows.pipelines.variables import (
    VARIABLES,
    Variable,
    by_name,
    written,
)
from ci_tokengate.scan.flows.values import Value
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_DEEPEST = 12
_LISTS = ("services", "jobs", "commands", "executors")
"""What is below them has the name that people know."""

_INPUTS = ("inputs", "with")


@dataclass(kw_only=True)
class Unit:
    """variables: with those from above. written: each place of its own where one is. secrets: names fetched from a vault.

    later: what steps before it have left to it; whoever reads its scripts adds what they leave. parameters: their defaults, with those from above.
    users: of a job that never runs itself, and of the whole file, the variables of those that take from it. before: a script that runs before its own. is_code: its scripts are Python or JavaScript. files: with more variables.
    """

    name: str
    variables: dict[str, Variable]
    written: list[Variable] = field(default_factory=list)
    later: dict[str, Value] = field(default_factory=dict)
    users: list[dict[str, Variable]] = field(default_factory=list)
    before: Node | None = None
    files: list[str] = field(default_factory=list)
    scripts: list[Scalar] = field(default_factory=list)
    secrets: list[Scalar] = field(default_factory=list)
    is_code: bool = False
    image: str = ""
    inputs: list[tuple[Scalar, Scalar]] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)


def units(kind: Kind, documents: Sequence[Map], around: Around | None = None) -> Iterator[Unit]:
    """From each document's top down; a unit's variables are not told again below."""
    around = around or Around()
    top = Unit(name="", variables=dict(around.variables))
    for root in documents:
        top.parameters |= {**in_header(root), **defaults(root), **around.given}
        jobs = {**around.jobs, **{name: node for name, (_, node) in root.items.items()}}
        whole = _unit(kind, root, top, "", jobs, parameters=top.parameters)
        whole.users = all_jobs(kind, root, jobs)
        yield from _below(kind, root, whole, jobs, 0)


def _below(
    kind: Kind, node: Map, unit: Unit, jobs: Mapping[str, Node], depth: int
) -> Iterator[Unit]:
    """A unit, and those of the mappings below it."""
    yield unit
    taken = users(kind, jobs) if depth == 0 else {}
    if depth >= _DEEPEST:
        return
    for key, value in node.items.values():
        script = key.text in SCRIPTS[kind] and not isinstance(value, Map)
        if key.text in VARIABLES[kind] or script or value is _task(node):
            continue
        above = replace(unit, later=dict(unit.later)) if key.text == "steps" else unit
        if depth == 0:
            above = replace(above, users=used_in(kind, key.text, jobs, taken))
        calls = kind is Kind.CIRCLECI and key.text in CALLS and isinstance(value, Seq)
        name = key.text if unit.name in ("", *_LISTS) else unit.name
        for child in value.items if isinstance(value, Seq) else (value,):
            if isinstance(child, Map):
                inner = _unit(kind, child, above, name, jobs, given(child) if calls else ())
                yield from _below(kind, child, inner, jobs, depth + 1)


def _unit(
    kind: Kind,
    node: Map,
    above: Unit,
    name: str,
    jobs: Mapping[str, Node],
    inputs: Iterable[tuple[Scalar, Scalar]] = (),
    parameters: Mapping[str, str] | None = None,
) -> Unit:
    """parameters: what they are; without that its own defaults, over those from above."""
    own = written(kind, node)
    each = [
        Variable(name=key.text, at=shown(key, leg), text=leg.text) for key, leg in legs(kind, node)
    ]
    unit = Unit(
        name=name,
        variables={
            **of_all(kind, node, jobs, above.variables),
            **inherited(kind, node, jobs),
            **by_name(own),
            **referenced(kind, node, jobs),
            **by_name(each),
        },
        written=[*own, *each],
        later=above.later,
        users=above.users,
        before=before_script(kind, node, jobs),
        inputs=list(inputs),
        parameters=dict(parameters or {**above.parameters, **defaults(node)}),
    )
    _fill(kind, node, unit, jobs)
    if unit.parameters:
        _put_in(unit)
    return unit


def shown(key: Scalar, value: Scalar) -> Scalar:
    """The name, or the value where that is one of a list below it."""
    return key if value.line == key.line else value


def _task(node: Map) -> Map | None:
    """The inputs of a step of Azure's: what it runs is among them, under the step's own `env:`."""
    inputs = node.get("inputs") if node.get("task") is not None else None
    return inputs if isinstance(inputs, Map) else None


def _is_elsewhere(key: Scalar, node: Map) -> bool:
    """The parameters of a template that is in another repository: what it does with them is not seen."""
    template = node.get("template") if key.text == "parameters" else None
    return isinstance(template, Scalar) and template.text.partition("@")[2] not in ("", "self")


def _put_in(unit: Unit) -> None:
    """The defaults of parameters, where those are used."""
    put = partial(with_defaults, parameters=unit.parameters)

    def filled(v: Variable) -> Variable:
        text, *others = (t if t is None else put(t) for t in v.texts)
        return replace(v, text=text, others=tuple(others))

    unit.variables = {n: filled(v) for n, v in unit.variables.items()}
    unit.written = [filled(v) for v in unit.written]
    unit.scripts = [s._replace(text=put(s.text)) for s in unit.scripts]
    unit.inputs = [(k, v._replace(text=put(v.text))) for k, v in unit.inputs]


def _fill(kind: Kind, node: Map, unit: Unit, jobs: Mapping[str, Node]) -> None:
    """Image, scripts, inputs and secrets of one mapping."""
    image = node.get("image")
    unit.image = image.text if isinstance(image, Scalar) else ""
    task = _task(node)
    unit.is_code = is_code(node) or bool(task and is_code(task))
    for key, value in (*node.items.values(), *(task.items.values() if task else ())):
        if key.text in SCRIPTS[kind]:
            unit.scripts += scripts_of(value)
            if kind is Kind.COMPOSE and isinstance(value, Seq):
                unit.inputs += arguments(key, value)
        elif key.text == "secrets" and kind is Kind.GITLAB and isinstance(value, Map):
            unit.secrets += [k for k, _ in value.items.values()]
        elif key.text == "secrets" and kind is Kind.COMPOSE and isinstance(value, Seq):
            unit.secrets += taken_in(value, jobs.get("secrets"))
        elif key.text == "env_file" and kind is Kind.COMPOSE:
            unit.files += env_files(value)
        elif (key.text in _INPUTS or _is_elsewhere(key, node)) and isinstance(value, Map):
            unit.inputs += [
                (k, v)
                for k, v in value.items.values()
                if isinstance(v, Scalar) and k.text not in SCRIPTS[kind]
            ]
