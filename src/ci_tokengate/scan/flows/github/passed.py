"""Conditions that hold only if a certain step has run, or, of the gate, has passed."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ci_tokengate.scan.flows.github.expressions import Tree
from ci_tokengate.scan.flows.github.status import Terms

_ONLY_THEN = ("key", "key-id", "expires-at", "base-url", "openai-base-url")
"""Outputs that are empty until the gate has passed."""
_PASSED = (*_ONLY_THEN, "allowed", "verdict", "cap-usd")
"""The last ones say something of a refusal as well, and `'false'` is a text that is not empty, and so is true."""


def has_passed(gate: str, soft: bool, agent: Terms) -> bool:
    """Whether these terms ask for the success of the step with the id `gate`, which may be `continue-on-error` (soft)."""
    return bool(gate) and any(asks_for(gate, soft, term) for term in agent)


def succeeded(step: str, soft: bool, terms: Terms) -> bool:
    """Whether these terms ask for the outcome `success` of any step, which may be `continue-on-error` (soft)."""
    return any(_asks_for_success(step, soft, term) for term in terms)


def _asks_for_success(step: str, soft: bool, term: Tree) -> bool:
    if term[0] in ("and", "or"):
        some = any if term[0] == "and" else all
        return some(_asks_for_success(step, soft, part) for part in term[1])
    if term[0] != "==" or term[1][0] != "path" or term[2][0] != "lit":
        return False
    asked = [("steps", step, "outcome"), *([] if soft else [("steps", step, "conclusion")])]
    return term[1][1] in asked and term[2][1].lower() == "success"


def named_steps(terms: Terms) -> Iterator[str]:
    """The ids of the steps that these terms speak of."""
    waiting = list(terms)
    while waiting:
        tree = waiting.pop()
        if tree[0] == "path" and len(tree[1]) > 2 and tree[1][0] == "steps":
            yield tree[1][1]
        elif tree[0] in ("and", "or"):
            waiting += tree[1]
        elif tree[0] in ("==", "!="):
            waiting.append(tree[1])


def has_run(step: str, agent: Terms) -> bool:
    """Whether one of these terms holds only if that step was not skipped."""
    return any(_asks_for_run(step, term) for term in agent)


def _asks_for_run(step: str, term: Tree) -> bool:
    """`steps.x.outcome == 'failure'`, `steps.x.outputs.y`, and the like."""
    if term[0] == "path":
        return len(term[1]) == 4 and term[1][:3] == ("steps", step, "outputs")
    if term[0] == "==" and term[2][0] == "lit" and term[1][0] == "path":
        text = term[2][1].lower()
        if term[1][1] in (("steps", step, "outcome"), ("steps", step, "conclusion")):
            return text in ("success", "failure")
        return text != "" and _asks_for_run(step, term[1])
    if term[0] == "!=" and term[2] == ("lit", "") and term[1][0] == "path":
        return _asks_for_run(step, term[1])
    if term[0] in ("and", "or"):
        some = any if term[0] == "and" else all
        return some(_asks_for_run(step, part) for part in term[1])
    return False


def asks_for(gate: str, soft: bool, term: Tree) -> bool:
    """Whether a term holds only if the gate has passed: `steps.gate.outputs.allowed == 'true'` and the like."""
    if term[0] == "path":
        return _is_output(gate, term, _ONLY_THEN)
    if term[0] == "==" and term[2][0] == "lit":
        path, text = term[1], term[2][1].lower()
        if _asks_for_success(gate, soft, term):
            return True
        return _is_output(gate, path, _PASSED) and text not in ("", "false", "block", "undecided")
    if term[0] == "!=" and term[2] == ("lit", ""):
        return _is_output(gate, term[1], _ONLY_THEN)
    return bool(term[0] == "and" and any(asks_for(gate, soft, part) for part in term[1])) or bool(
        term[0] == "or" and all(asks_for(gate, soft, part) for part in term[1])
    )


def _is_output(gate: str, tree: Tree, names: Collection[str]) -> bool:
    return bool(
        tree[0] == "path"
        and len(tree[1]) == 4
        and tree[1][:3] == ("steps", gate, "outputs")
        and tree[1][3] in names
    )
