"""A request and its answer, as the handlers see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ci_tokengate.sandbox.auth import Caller
from ci_tokengate.sandbox.refusals import invalid
from ci_tokengate.sandbox.state import Json


@dataclass(frozen=True, kw_only=True)
class Call:
    path: str
    caller: Caller
    query: Mapping[str, str] = field(default_factory=dict)
    body: Json = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reply:
    body: Any
    status: int = 200


def number(call: Call, name: str, default: int, at_most: int) -> int:
    """A whole number ≥ 1 from the query."""
    text = call.query.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        raise invalid(
            "int_parsing",
            ("query", name),
            "Input should be a valid integer, unable to parse string as an integer",
        ) from None
    if value < 1:
        raise invalid(
            "greater_than_equal",
            ("query", name),
            "Input should be greater than or equal to 1",
        )
    if value > at_most:
        raise invalid(
            "less_than_equal",
            ("query", name),
            f"Input should be less than or equal to {at_most}",
        )
    return value


def needed(call: Call, name: str) -> str:
    """A text the body must have."""
    value = call.body.get(name)
    if not isinstance(value, str):
        raise invalid("missing", ("body", name), "Field required")
    return value
