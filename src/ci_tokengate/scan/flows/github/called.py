"""How a workflow is called: what its inputs and its secrets are then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ci_tokengate.scan.flows.github.entries import read_entries, text_of
from ci_tokengate.scan.flows.github.model import JobRun
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.values import EITHER, EMPTY, Kind, Value, either
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_INPUT_EVENTS = ("workflow_dispatch", "workflow_call")


@dataclass(frozen=True, kw_only=True)
class CalledWith:
    """How a workflow is called. secrets None: it inherits."""

    inputs: Mapping[str, Value]
    secrets: Mapping[str, Value] | None
    events: tuple[str, ...]
    depth: int


def inputs_of(
    repo: Repository, triggers: Mapping[str, Node | None], call: CalledWith | None
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for event in _INPUT_EVENTS:
        node = triggers.get(event)
        declared = node.get("inputs") if isinstance(node, Map) else None
        for key, spec in declared.items.values() if isinstance(declared, Map) else ():
            name = key.text.lower()
            given = call.inputs.get(name) if call else None
            if given is not None:
                found[name] = given
            elif name not in found or not call:
                found[name] = either(found.get(name, ()), _default(repo, name, spec, bool(call)))
    return found


def _default(repo: Repository, name: str, spec: Node, called: bool) -> Value:
    """Called, an input that is not given has its default; by hand, it can be anything of its type."""
    node = spec if isinstance(spec, Map) else None
    default = text_of(node.get("default")) if node else ""
    if called:
        return (default,)
    kind = text_of(node.get("type")) if node else ""
    if kind == "boolean":
        return EITHER
    options = node.get("options") if node else None
    if kind == "choice" and isinstance(options, Seq):
        return tuple(o.text for o in options.items if isinstance(o, Scalar)) or EMPTY
    unknown = repo.sources.value(Kind.OTHER, f"inputs.{name}")
    return either((default,), unknown) if default else unknown


def secrets_of(run: JobRun) -> Mapping[str, Value] | None:
    node = run.node.get("secrets")
    if isinstance(node, Map):
        return {e.name.lower(): e.value for e in read_entries(run.file, node, run.scope)}
    return run.scope.secrets if isinstance(node, Scalar) and node.text == "inherit" else {}
