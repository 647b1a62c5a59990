"""What jobs wait for, and what they hand to those that wait for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from ci_tokengate.scan.flows.github.entries import text_of
from ci_tokengate.scan.flows.github.evaluate import Scope
from ci_tokengate.scan.flows.github.model import JobRun
from ci_tokengate.scan.flows.github.triggers import events
from ci_tokengate.scan.flows.values import Kind, Value
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_LONGEST = 10_000
"""Of an output; longer ones are unknown, so that jobs that double each other's stay cheap."""


def in_order(jobs: Map) -> list[tuple[Scalar, Map]]:
    """Every job after those that it needs; as they stand in the file where they need each other."""
    found = {key.text: (key, node) for key, node in jobs.items.values() if isinstance(node, Map)}
    if not any("needs" in node.items for _, node in found.values()):
        return list(found.values())
    sorter = TopologicalSorter(
        {name: [n for n in _needed(node) if n in found] for name, (_, node) in found.items()}
    )
    try:
        return [found[name] for name in sorter.static_order()]
    except CycleError:
        return list(found.values())


def _needed(job: Map) -> list[str]:
    needs = job.get("needs")
    items = needs.items if isinstance(needs, Seq) else (needs,)
    return [item.text for item in items if isinstance(item, Scalar)]


def outputs_of(run: JobRun) -> Mapping[str, Value]:
    """A job's `outputs:`, by name in lower case, as its steps have left them, or the workflow that it calls."""
    if run.callee:
        inner = {job.name.lower(): outputs_of(job) for job in run.callee}
        call = events(run.callee[0].root).get("workflow_call")
        outputs = call.get("outputs") if isinstance(call, Map) else None
        scope = Scope(sources=run.scope.sources)
        scope.needs = lambda job, output: inner.get(job, {}).get(output)
        return _valued(outputs, scope)
    return _valued(run.node.get("outputs"), replace(run.scope, env=run.env))


def _valued(outputs: Node | None, scope: Scope) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, node in outputs.items.values() if isinstance(outputs, Map) else ():
        text = node.get("value") if isinstance(node, Map) else node
        value = scope.text(text_of(text))
        if any(len(text) > _LONGEST for text in value):
            value = scope.sources.value(Kind.OTHER, f"outputs.{key.text}")
        found[key.text.lower()] = value
    return found
