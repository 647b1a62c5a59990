"""What the operators and functions of expressions give, for all that their arguments can be."""

from __future__ import annotations

import json
import re

from ci_tokengate.scan.flows.values import EITHER, EMPTY, FALSE, TRUE, Value, is_unknown, joined


def equal(op: str, left: Value, right: Value) -> Value:
    if any(map(is_unknown, left)) or any(map(is_unknown, right)):
        return EITHER
    one, two = {t.lower() for t in left}, {t.lower() for t in right}
    if not one & two:
        return FALSE if op == "==" else TRUE
    if len(one) == len(two) == 1:
        return TRUE if op == "==" else FALSE
    return EITHER


def within(name: str, left: Value, right: Value) -> Value:
    if len(left) != 1 or len(right) != 1 or is_unknown(left[0]) or is_unknown(right[0]):
        return EITHER
    text, part = left[0].lower(), right[0].lower()
    holds = {
        "contains": part in text,
        "startswith": text.startswith(part),
        "endswith": text.endswith(part),
    }[name]
    return TRUE if holds else FALSE


def formatted(args: list[Value]) -> Value:
    pieces: list[Value] = []
    for piece in re.split(r"(\{\d{1,2}\}|\{\{|\}\})", args[0][0]):
        if piece in ("{{", "}}"):
            pieces.append((piece[0],))
        elif piece[:1] == "{" and piece[1:-1].isdigit():
            nth = int(piece[1:-1]) + 1
            pieces.append(args[nth] if nth < len(args) else EMPTY)
        else:
            pieces.append((piece,))
    return joined(pieces)


def json_list(text: str) -> list[str] | None:
    """The texts of a JSON list, as `fromJSON` gives them to a matrix."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return (
        [str(x) for x in found if isinstance(x, str | int | float)]
        if isinstance(found, list)
        else None
    )
