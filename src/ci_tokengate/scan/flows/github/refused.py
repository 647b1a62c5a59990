"""Whether a step can run although the gate before it has refused, or has not run at all."""

from __future__ import annotations

from typing import Literal

from ci_tokengate.scan.flows.github.expressions import Tree
from ci_tokengate.scan.flows.github.gate import Gate
from ci_tokengate.scan.flows.github.passed import asks_for
from ci_tokengate.scan.flows.github.status import Terms, covers, is_failure, is_success
from ci_tokengate.scan.flows.values import truth

Outcome = Literal["failure", "skipped"]


def can_run(agent: Terms, gate: Gate, outcome: Outcome) -> bool:
    """Whether all the terms may hold where that is the outcome of the gate's step."""
    return all(_holds(term, gate, outcome) is not False for term in agent)


def _holds(tree: Tree, gate: Gate, outcome: Outcome) -> bool | None:
    """None where that alone does not tell."""
    kind = tree[0]
    if kind == "lit":
        return truth((tree[1],))
    if kind == "not":
        held = _holds(tree[1], gate, outcome)
        return None if held is None else not held
    if kind in ("and", "or"):
        return _chain(kind == "or", [_holds(part, gate, outcome) for part in tree[1]])
    if kind == "call":
        return _status(tree, gate, outcome)
    if gate.id and asks_for(gate.id, gate.soft, tree):
        return False
    return _compared(tree, gate, outcome)


def _chain(stops: bool, held: list[bool | None]) -> bool | None:
    if stops in held:
        return stops
    return None if None in held else not stops


def _status(tree: Tree, gate: Gate, outcome: Outcome) -> bool | None:
    """A refused gate is a failed step, for what it stands in and what uses that."""
    if tree[1] == "always":
        return True
    if outcome == "failure" and not gate.soft and _covers(tree, gate):
        return is_failure(tree)
    return None


def _covers(tree: Tree, gate: Gate) -> bool:
    return (is_success(tree) or is_failure(tree)) and covers(gate.success, tree)


def _compared(tree: Tree, gate: Gate, outcome: Outcome) -> bool | None:
    """`steps.gate.outcome != 'failure'`, and the conclusion, which is a success of a gate that may fail."""
    if not gate.id or tree[0] not in ("==", "!=") or tree[1][0] != "path" or tree[2][0] != "lit":
        return None
    path = tree[1][1]
    if path not in (("steps", gate.id, "outcome"), ("steps", gate.id, "conclusion")):
        return None
    soft = gate.soft and path[2] == "conclusion" and outcome == "failure"
    same = tree[2][1].lower() == ("success" if soft else outcome)
    return bool(same == (tree[0] == "=="))
