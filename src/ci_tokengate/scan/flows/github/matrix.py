"""The values a job's matrix gives to each of its names."""

from __future__ import annotations

from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.functions import json_list
from ci_tokengate.scan.flows.values import Kind, Value, either, is_unknown
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_DEEPEST = 4


class Matrix:
    """names: every `matrix.x` there is, also `matrix.x.y`. size: how many jobs at most, None if not known."""

    def __init__(self, names: dict[str, Value], size: int | None) -> None:
        self.names, self.size = names, size


def read_matrix(strategy: Node | None, scope: Scope) -> Matrix | None:
    """None without a matrix."""
    node = strategy.get("matrix") if isinstance(strategy, Map) else None
    if node is None:
        return None
    if not isinstance(node, Map):
        return Matrix({}, None)
    names: dict[str, Value] = {}
    size: int | None = 1
    for key, value in node.items.values():
        if key.text in ("include", "exclude"):
            continue
        items = _items(value, scope)
        size = None if items is None or size is None else size * max(len(items), 1)
        for item in items or ():
            _add(names, key.text.lower(), item, scope, 0)
    added = _included(node, names, scope)
    _exclude(node.get("exclude"), names, scope)
    return Matrix(names, _size(node, size, added))


def _included(node: Map, names: dict[str, Value], scope: Scope) -> int | None:
    """Takes in the names of `include`; how many entries it has, None if only the run knows."""
    include = node.get("include")
    if include is None:
        return 0
    if not isinstance(include, Seq):
        return None
    for item in include.items:
        for key, value in item.items.values() if isinstance(item, Map) else ():
            _add(names, key.text.lower(), value, scope, 0)
    return len(include.items)


def _size(node: Map, size: int | None, added: int | None) -> int | None:
    """At most so many jobs: an entry of `include` extends a combination or is one of its own."""
    if added is None or size is None:
        return None
    if all(name in ("include", "exclude") for name in node.items):
        return added
    return size + added - 1 if added and size > 1 else size


def _items(node: Node, scope: Scope) -> list[Node] | None:
    if isinstance(node, Seq):
        return list(node.items)
    if isinstance(node, Scalar):
        found: list[Node] = []
        for text in scope.text(node.text):
            listed = None if is_unknown(text) else json_list(text)
            if listed is None:
                return None
            found += [Scalar(item, node.line, node.column) for item in listed]
        return found
    return None


def _add(names: dict[str, Value], name: str, node: Node, scope: Scope, depth: int) -> None:
    if isinstance(node, Map) and depth < _DEEPEST:
        for key, value in node.items.values():
            _add(names, f"{name}.{key.text.lower()}", value, scope, depth + 1)
        return
    found: Value = (
        scope.text(node.text) if isinstance(node, Scalar) else scope.sources.value(Kind.OTHER, name)
    )
    names[name] = either(names.get(name, ()), found)


def _exclude(node: Node | None, names: dict[str, Value], scope: Scope) -> None:
    """An exclusion of one name alone takes that value out altogether."""
    for item in node.items if isinstance(node, Seq) else ():
        if isinstance(item, Map) and len(item.items) == 1:
            for key, value in item.items.values():
                gone = scope.text(value.text) if isinstance(value, Scalar) else ()
                left = tuple(t for t in names.get(key.text.lower(), ()) if t not in gone)
                if left:
                    names[key.text.lower()] = left
