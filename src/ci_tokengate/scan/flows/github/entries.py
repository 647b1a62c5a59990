"""The `name: value` lines of a mapping, with what they can be."""

from __future__ import annotations

from collections.abc import Mapping

from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.model import Entry
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.values import EMPTY, Kind, Value
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar

_OF_A_STORE = ("op://", "keeper://", "ref+", "infisical://", "bws://")
"""How a variable names a secret that 1Password and its like put in before the next step."""


def read_entries(file: File, node: Node | None, scope: Scope) -> list[Entry]:
    """The lines of an `env:`, a `with:` or a `secrets:`. As on GitHub, none sees its neighbours."""
    found: list[Entry] = []
    for key, value in node.items.values() if isinstance(node, Map) else ():
        text = scope.text(value.text) if isinstance(value, Scalar) else EMPTY
        if text[0].startswith(_OF_A_STORE):
            text = scope.sources.value(Kind.SECRET, text[0])
        found.append(Entry(file=file, key=key, node=value, value=text))
    return found


def text_of(node: Node | None) -> str:
    """A scalar's text, "" for anything else."""
    return node.text if isinstance(node, Scalar) else ""


def bound(root: Map, given: Mapping[str, Value], scope: Scope) -> dict[str, Value]:
    """A composite action's inputs: what it is given, else their defaults."""
    declared = root.get("inputs")
    found: dict[str, Value] = {}
    for key, spec in declared.items.values() if isinstance(declared, Map) else ():
        name = key.text.lower()
        default = text_of(spec.get("default")) if isinstance(spec, Map) else ""
        found[name] = given[name] if name in given else scope.text(default)
    return found
