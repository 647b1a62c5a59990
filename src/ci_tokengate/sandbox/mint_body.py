"""What `/key/generate` takes: forms, what is for Enterprise only, and the proxy's ceilings on it."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from ci_tokengate.sandbox.clock import lifetime
from ci_tokengate.sandbox.refusals import PREMIUM, PRICING, invalid, wrapped
from ci_tokengate.sandbox.state import Ceilings, Json

ROUTES_OF = {
    "llm_api": ["llm_api_routes"],
    "management": ["management_routes"],
    "read_only": ["info_routes"],
    "default": [],
}
_TEXTS = ("duration", "key_alias", "team_id", "user_id", "key", "budget_duration")


def validate(body: Json) -> None:
    for name in _TEXTS:
        if body.get(name) is not None and not isinstance(body[name], str):
            raise invalid("string_type", ("body", name), "Input should be a valid string")
    if body.get("models") is not None and not isinstance(body["models"], list):
        raise invalid("list_type", ("body", "models"), "Input should be a valid list")
    kind = body.get("key_type")
    if kind is not None and kind not in ROUTES_OF:
        raise invalid(
            "enum",
            ("body", "key_type"),
            "Input should be 'llm_api', 'management', 'read_only' or 'default'",
        )
    if isinstance(body.get("max_budget"), str):
        try:
            float(body["max_budget"])
        except ValueError:
            raise invalid(
                "float_parsing",
                ("body", "max_budget"),
                "Input should be a valid number, unable to parse string as a number",
            ) from None


def check_premium(body: Json) -> None:
    if body.get("tags") is not None:
        feature = "This feature is only available for LiteLLM Enterprise users: tags. "
        raise wrapped(403, f"{feature}{PREMIUM}\n{PRICING}")


def apply_ceilings(ceilings: Ceilings, body: Json) -> None:
    """Over a ceiling is refused, what is left out becomes the ceiling."""
    for name in ("max_budget", "duration", "max_parallel_requests"):
        limit = getattr(ceilings, name)
        asked = body.get(name)
        if asked is None:
            body[name] = limit
        elif _size(asked) > _size(limit):
            shown = (float(asked), float(limit)) if name == "max_budget" else (asked, limit)
            raise wrapped(
                400,
                f"{name} is over max limit set in config - "
                f"user_value={shown[0]}; max_value={shown[1]}",
            )


def _size(value: Any) -> Decimal:
    return (
        Decimal(int(lifetime(value).total_seconds())) if isinstance(value, str) else Decimal(value)
    )


def budget_of(body: Json) -> Decimal | None:
    if body.get("max_budget") is None:
        return None
    budget = float(body["max_budget"])
    if not math.isfinite(budget) or budget < 0:
        raise wrapped(400, f"max_budget must be a non-negative finite number. Received: {budget}")
    return Decimal(str(budget))
