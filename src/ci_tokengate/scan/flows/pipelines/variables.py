"""Variables of GitLab CI, CircleCI, Azure Pipelines and Compose, in every form that they are written in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

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
_MOST = 64
"""More values of one variable than that say nothing new."""

_CONDITION = re.compile(r"\$\{\{.*\}\}\s*$")
"""`${{ if … }}:` of Azure Pipelines, which puts in what is below it, or does not."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """name and place of its name; text: its value, None for one that is only passed on. others: what else it may be."""

    name: str
    at: Scalar
    text: str | None
    others: tuple[str | None, ...] = ()

    @property
    def texts(self) -> tuple[str | None, ...]:
        return (self.text, *self.others)


def own(kind: Kind, node: Map) -> dict[str, Variable]:
    """Those that are written in one mapping, by name."""
    return by_name(written(kind, node))


def by_name(variables: Iterable[Variable]) -> dict[str, Variable]:
    """One that is written more than once can be any of them: in the legs of a matrix, under conditions."""
    found: dict[str, list[Variable]] = {}
    for variable in variables:
        found.setdefault(variable.name, []).append(variable)
    return {
        name: replace(last, others=tuple(dict.fromkeys(v.text for v in others[:_MOST])))
        for name, (*others, last) in found.items()
    }


def written(kind: Kind, node: Map) -> list[Variable]:
    """Each place in one mapping where a variable is written."""
    return [v for name in VARIABLES[kind] for v in _below(node.get(name), 0)]


def _below(node: Node | None, depth: int) -> Iterator[Variable]:
    if isinstance(node, Map):
        for key, value in node.items.values():
            if not _CONDITION.match(key.text):
                yield Variable(name=key.text, at=key, text=_text(value))
            elif depth < _DEEPEST:
                yield from _below(value, depth + 1)
    for item in node.items if isinstance(node, Seq) and not reference(node, 2) else ():
        variable = _item(item)
        if variable:
            yield variable
        elif depth < _DEEPEST:
            yield from (v for v in _below(item, depth + 1) if _conditional(item))


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


def _conditional(item: Node) -> bool:
    return isinstance(item, Map) and any(map(_CONDITION.match, item.items))


def reference(node: Node | None, length: int) -> list[str]:
    """`!reference [.job, variables, …]`: the tag is not kept, but nothing else looks like that."""
    words = (
        [item.text for item in node.items if isinstance(item, Scalar)]
        if isinstance(node, Seq)
        else []
    )
    return words if len(words) == length and words[1] == "variables" else []
