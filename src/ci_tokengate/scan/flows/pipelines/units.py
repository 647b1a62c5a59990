"""GitLab CI, CircleCI, Azure Pipelines and Compose, as units: variables that hold together, and the scripts under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.pipelines.parameters import defaults, in_header, with_defaults
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_VARIABLES = {
    Kind.GITLAB: ("variables",),
    Kind.CIRCLECI: ("environment",),
    Kind.AZURE: ("variables", "env"),
    Kind.PIPELINE: ("variables", "environment", "env"),
    Kind.COMPOSE: ("environment", "args"),
}
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


@dataclass(frozen=True, kw_only=True)
class Variable:
    """name and place of its name; text: its value, None for one that is only passed on."""

    name: str
    at: Scalar
    text: str | None
    own: bool = True


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


def units(kind: Kind, documents: Sequence[Map]) -> Iterator[Unit]:
    """From each document's top down; a unit's variables are not told again below."""
    top = Unit(name="", variables={})
    for root in documents:
        top.parameters |= in_header(root)
        yield from _below(kind, root, top, "", root, 0)


def _below(kind: Kind, node: Map, above: Unit, name: str, root: Map, depth: int) -> Iterator[Unit]:
    inherited = {
        n: _seen(v) for n, v in {**above.variables, **_extended(kind, node, root, 0)}.items()
    }
    unit = Unit(
        name=name,
        variables={**inherited, **_own(kind, node)},
        parameters={**above.parameters, **defaults(node)},
    )
    _fill(kind, node, unit)
    if unit.parameters:
        _put_in(unit)
    yield unit
    if depth >= _DEEPEST:
        return
    for key, value in node.items.values():
        if key.text in _VARIABLES[kind] or (
            key.text in _SCRIPTS[kind] and not isinstance(value, Map)
        ):
            continue
        for child in value.items if isinstance(value, Seq) else (value,):
            if isinstance(child, Map):
                called = key.text if name in ("", *_LISTS) else name
                yield from _below(kind, child, unit, called, root, depth + 1)


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


def _own(kind: Kind, node: Map) -> dict[str, Variable]:
    found: dict[str, Variable] = {}
    for name in _VARIABLES[kind]:
        below = node.get(name)
        if isinstance(below, Map):
            for key, value in below.items.values():
                found[key.text] = Variable(name=key.text, at=key, text=_text(value))
        for item in below.items if isinstance(below, Seq) else ():
            variable = _item(item)
            if variable:
                found[variable.name] = variable
    return found


def _text(node: Node) -> str | None:
    """GitLab also takes `{value: …}`; an empty value in Compose is passed on from outside."""
    if isinstance(node, Map):
        node = node.get("value") or node
    if isinstance(node, Scalar):
        return node.text if node.text or node.style else None
    return ""


def _item(item: Node) -> Variable | None:
    """`- A=b`, `- A`, or `- {name: A, value: b}`."""
    if isinstance(item, Scalar):
        name, equals, text = item.text.partition("=")
        return Variable(name=name.strip(), at=item, text=text if equals else None)
    if isinstance(item, Map):
        called, value = item.get("name"), item.get("value")
        if isinstance(called, Scalar):
            return Variable(
                name=called.text, at=called, text=value.text if isinstance(value, Scalar) else ""
            )
    return None


def _extended(kind: Kind, node: Map, root: Map, depth: int) -> dict[str, Variable]:
    """The variables of the jobs that a GitLab job extends."""
    if kind not in (Kind.GITLAB, Kind.PIPELINE) or depth > _DEEPEST:
        return {}
    extends = node.get("extends")
    names = (
        [extends]
        if isinstance(extends, Scalar)
        else extends.items
        if isinstance(extends, Seq)
        else ()
    )
    found: dict[str, Variable] = {}
    for name in names:
        base = root.get(name.text) if isinstance(name, Scalar) else None
        if isinstance(base, Map) and base is not node:
            found |= {**_extended(kind, base, root, depth + 1), **_own(kind, base)}
    return found
