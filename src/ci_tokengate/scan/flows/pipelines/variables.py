"""Variables of GitLab CI, CircleCI, Azure Pipelines and Compose, in every form that they are written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

VARIABLES = {
    Kind.GITLAB: ("variables",),
    Kind.CIRCLECI: ("environment",),
    Kind.AZURE: ("variables", "env"),
    Kind.PIPELINE: ("variables", "environment", "env"),
    Kind.COMPOSE: ("environment", "args"),
}
_DEEPEST = 12


@dataclass(frozen=True, kw_only=True)
class Variable:
    """name and place of its name; text: its value, None for one that is only passed on."""

    name: str
    at: Scalar
    text: str | None
    own: bool = True


def own(kind: Kind, node: Map) -> dict[str, Variable]:
    """Those that are written in one mapping, by name."""
    found: dict[str, Variable] = {}
    for name in VARIABLES[kind]:
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


def extended(kind: Kind, node: Map, jobs: Mapping[str, Node], depth: int) -> dict[str, Variable]:
    """The variables of the jobs that a GitLab job extends, also of those in files that are included."""
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
        base = jobs.get(name.text) if isinstance(name, Scalar) else None
        if isinstance(base, Map) and base is not node:
            found |= {**extended(kind, base, jobs, depth + 1), **own(kind, base)}
    return found
