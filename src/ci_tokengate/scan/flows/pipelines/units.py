"""GitLab CI, CircleCI, Azure Pipelines and Compose, as units: variables that hold together, and the scripts under them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.pipelines.graph import Around
from ci_tokengate.scan.flows.pipelines.matrices import legs
from ci_tokengate.scan.flows.pipelines.parameters import defaults, in_header, with_defaults
from ci_tokengate.scan.flows.pipelines.variables import VARIABLES, Variable, extended, own
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_SCRIPTS = {
    Kind.GITLAB: ("script", "before_script", "after_script"),
    Kind.CIRCLECI: ("command", "run"),
    Kind.AZURE: ("script", "bash", "pwsh", "powershell", "inlineScript"),
    Kind.PIPELINE: ("script", "before_script", "after_script", "command", "run", "bash", "pwsh", "powershell", "inlineScript"),
    Kind.COMPOSE: ("command", "entrypoint", "test"),
}  # fmt: skip
_DEEPEST = 12
_LISTS = ("services", "jobs", "commands", "executors")
"""What is below them has the name that people know."""

_INPUTS = ("inputs", "with")


@dataclass(kw_only=True)
class Unit:
    """variables: with those from above, `own` only where they are written. secrets: names fetched from a vault.

    parameters: their defaults, with those from above.
    """

    name: str
    variables: dict[str, Variable]
    scripts: list[Scalar] = field(default_factory=list)
    secrets: list[Scalar] = field(default_factory=list)
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
        yield from _below(kind, root, top, "", jobs, 0)


def _below(
    kind: Kind, node: Map, above: Unit, name: str, jobs: Mapping[str, Node], depth: int
) -> Iterator[Unit]:
    inherited = {
        n: _seen(v) for n, v in {**above.variables, **extended(kind, node, jobs, 0)}.items()
    }
    unit = Unit(
        name=name,
        variables={**inherited, **own(kind, node)},
        parameters={**above.parameters, **(defaults(node) if depth else {})},
    )
    _fill(kind, node, unit)
    if unit.parameters:
        _put_in(unit)
    yield unit
    if depth >= _DEEPEST:
        return
    for key, value in node.items.values():
        if key.text in VARIABLES[kind] or (
            key.text in _SCRIPTS[kind] and not isinstance(value, Map)
        ):
            continue
        for child in value.items if isinstance(value, Seq) else (value,):
            if isinstance(child, Map):
                called = key.text if name in ("", *_LISTS) else name
                yield from _below(kind, child, unit, called, jobs, depth + 1)


def _put_in(unit: Unit) -> None:
    """The defaults of parameters, where those are used."""
    put = partial(with_defaults, parameters=unit.parameters)
    unit.variables = {
        n: v if v.text is None else replace(v, text=put(v.text)) for n, v in unit.variables.items()
    }
    unit.scripts = [s._replace(text=put(s.text)) for s in unit.scripts]
    unit.inputs = [(k, v._replace(text=put(v.text))) for k, v in unit.inputs]


def _fill(kind: Kind, node: Map, unit: Unit) -> None:
    """Image, scripts, inputs and secrets of one mapping."""
    image = node.get("image")
    unit.image = image.text if isinstance(image, Scalar) else ""
    unit.inputs += legs(kind, node)
    for key, value in node.items.values():
        if key.text in _SCRIPTS[kind]:
            unit.scripts += _scripts(value)
            if kind is Kind.COMPOSE and isinstance(value, Seq):
                unit.inputs += _arguments(key, value)
        elif key.text == "secrets" and kind is Kind.GITLAB and isinstance(value, Map):
            unit.secrets += [k for k, _ in value.items.values()]
        elif key.text in _INPUTS and isinstance(value, Map):
            unit.inputs += [
                (k, v)
                for k, v in value.items.values()
                if isinstance(v, Scalar) and k.text not in _SCRIPTS[kind]
            ]


def _arguments(key: Scalar, value: Seq) -> list[tuple[Scalar, Scalar]]:
    """Compose's `command:` as a list: each is an argument, shown where it stands."""
    return [
        (Scalar(key.text, item.line, item.column), item)
        for item in value.items
        if isinstance(item, Scalar)
    ]


def _seen(variable: Variable) -> Variable:
    return Variable(name=variable.name, at=variable.at, text=variable.text, own=False)


def _scripts(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, Seq):
        return [s for item in node.items for s in (_scripts(item) or _unquoted(item))]
    return []


def _unquoted(item: Node) -> list[Scalar]:
    """`- curl -H "x: y"`, which YAML takes for a mapping."""
    pairs = list(item.items.values()) if isinstance(item, Map) else []
    return [
        key._replace(text=f"{key.text}: {value.text}")
        for key, value in pairs[:1]
        if isinstance(value, Scalar)
    ]
