"""The values that a matrix gives to a job's variables or parameters, each where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from ci_tokengate.scan.flows.files import Kind
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_ABOVE = {
    Kind.GITLAB: ("parallel",),
    Kind.CIRCLECI: (),
    Kind.AZURE: ("strategy",),
    Kind.PIPELINE: ("parallel", "strategy"),
}
"""The key that `matrix:` stands below, for each system that has one."""


def legs(kind: Kind, node: Map) -> Iterator[tuple[Scalar, Scalar]]:
    """Name and value: GitLab has a list of legs, Azure Pipelines names them, CircleCI's are parameters."""
    for name in _ABOVE.get(kind, ()):
        below = node.get(name)
        matrix = below.get("matrix") if isinstance(below, Map) else None
        if isinstance(matrix, Seq):
            for leg in matrix.items:
                yield from _values(leg)
        elif isinstance(matrix, Map):
            for _, leg in matrix.items.values():
                yield from _values(leg)
    matrix = node.get("matrix") if kind in (Kind.CIRCLECI, Kind.PIPELINE) else None
    if isinstance(matrix, Map) and isinstance(given := matrix.get("parameters"), Map):
        yield from _values(given)


def _values(leg: Node) -> Iterator[tuple[Scalar, Scalar]]:
    for key, value in leg.items.values() if isinstance(leg, Map) else ():
        for item in value.items if isinstance(value, Seq) else (value,):
            if isinstance(item, Scalar):
                yield key, item
