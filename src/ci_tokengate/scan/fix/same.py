"""Whether a rewritten workflow says the same as before, but for what a rewrite is meant to touch."""

from __future__ import annotations

import re

from ci_tokengate.scan.flows.github.expressions import condition
from ci_tokengate.scan.flows.github.gate import is_gate
from ci_tokengate.scan.flows.yaml import Map, Node, Scalar, Seq

_ADDED = frozenset({"contents", "export", "id", "responses-api-endpoint", "anthropic_api_key"})
_REWRITTEN = frozenset({"tools", "responses-api-endpoint"})
_LONG_LIVED = re.compile(r"\$\{\{.*\b(?:secrets|vars|env|inputs)\b|://", re.DOTALL)
_OF_THE_GATE = re.compile(r"\$\{\{ steps\.[\w-]+\.outputs\.(?:key|openai-base-url) \}\}")


def is_same(before: Node | None, after: Node | None, secret: str, name: str = "") -> bool:
    """secret: the minting key's name, which a called workflow may come to list."""
    if isinstance(before, Map) and isinstance(after, Map):
        return _same_map(before, after, secret)
    if isinstance(before, Seq) and isinstance(after, Seq):
        return _same_list(before, after, secret)
    if isinstance(before, Scalar) and isinstance(after, Scalar):
        if name == "if":
            return before.text == after.text or _asks_more(before.text, after.text)
        swapped = _OF_THE_GATE.search(after.text) and _LONG_LIVED.search(before.text)
        return before.text == after.text or name in _REWRITTEN or bool(swapped)
    return before is None and after is None


def _asks_more(before: str, after: str) -> bool:
    """Whether a condition holds where it did and the gate has passed."""
    asked = condition(after)
    own = condition(before)
    kept = asked[1][:-1] if asked[0] == "and" else ()
    last = asked[1][-1] if kept else asked
    whole = own[1] if own[0] == "and" else (own,)
    return kept == whole and last[:1] == ("==",) and last[2] == ("lit", "success") and (
        last[1][0] == "path" and last[1][1][::2] == ("steps", "outcome")
    )  # fmt: skip


def _same_map(before: Map, after: Map, secret: str) -> bool:
    for name, (_, node) in before.items.items():
        kept = after.get(name)
        if not (is_same(node, kept, secret, name) if kept is not None else _may_go(node)):
            return False
    added = [name for name in after.items if name not in before.items]
    return all(name in _ADDED or name == secret or _is_new_with(after, name) for name in added)


def _is_new_with(step: Map, name: str) -> bool:
    node = step.get(name)
    return name == "with" and isinstance(node, Map) and set(node.items) <= _ADDED


def _may_go(node: Node) -> bool:
    """A long-lived secret, a provider's address, or a mapping of nothing else."""
    if isinstance(node, Map):
        return bool(node.items) and all(_may_go(value) for _, value in node.items.values())
    return isinstance(node, Scalar) and bool(_LONG_LIVED.search(node.text))


def _same_list(before: Seq, after: Seq, secret: str) -> bool:
    """A gate's step may have come in between."""
    left = list(after.items)
    for node in before.items:
        while left and not is_same(node, left[0], secret):
            if not _is_gate(left.pop(0)):
                return False
        if not left:
            return False
        left.pop(0)
    return all(_is_gate(node) for node in left)


def _is_gate(node: Node) -> bool:
    uses = node.get("uses") if isinstance(node, Map) else None
    return isinstance(uses, Scalar) and is_gate(uses.text)
