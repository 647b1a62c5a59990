"""Calls of models, and their sums by day."""

from __future__ import annotations

import secrets
from datetime import timedelta
from decimal import Decimal

from starlette.requests import Request

from ci_tokengate.sandbox.answers import Answer, answer
from ci_tokengate.sandbox.openrouter.refused import Refused
from ci_tokengate.sandbox.openrouter.state import Call, Json, State
from ci_tokengate.sandbox.prices import MODELS
from ci_tokengate.sandbox.prompts import Prompt

_REMEMBERED = timedelta(days=30)


def serve(state: State, secret: str, prompt: Prompt) -> Answer:
    if secret == state.management_key:
        raise Refused(403, "A management key cannot be used for completions")
    key = state.by_secret(secret)
    if key is None or key.disabled or (key.expires and key.expires <= state.now()):
        raise Refused(401, "User not found.")
    if key.limit is not None and key.usage >= key.limit:
        raise Refused(402, "This key has reached its limit")
    if prompt.model not in MODELS or not prompt.text or prompt.text == '""':
        raise Refused(400, "No model, or no question")
    model = MODELS[prompt.model]
    usage = prompt.usage(model)
    cost = model.cost(usage)
    key.usage, key.updated = key.usage + cost, state.now()
    state.calls.append(
        Call(
            at=state.now(),
            key_hash=key.hash,
            provider=model.provider,
            model=prompt.model,
            permaslug=model.model,
            cost=cost,
            read=usage.prompt,
            written=usage.output,
        )
    )
    return answer(prompt, usage, secrets.token_hex(6), int(state.now().timestamp()), "fake answer")


def activity(state: State, request: Request, body: Json) -> tuple[int, Json]:
    """Days that are over only, at most thirty back."""
    query, today = request.query_params, state.now().date()
    sums: dict[tuple[str, str], Json] = {}
    for call in state.calls:
        day = call.at.date()
        asked = query.get("api_key_hash") in (None, call.key_hash)
        if not asked or day >= today or day < today - _REMEMBERED:
            continue
        if query.get("date") not in (None, f"{day}"):
            continue
        row = sums.setdefault((f"{day}", call.model), _empty(f"{day}", call))
        row["usage"] += call.cost
        row["requests"] += 1
        row["prompt_tokens"] += call.read
        row["completion_tokens"] += call.written
    return 200, {"data": [{**row, "usage": float(row["usage"])} for row in sums.values()]}


def _empty(day: str, call: Call) -> Json:
    return {
        "date": day,
        "model": call.model,
        "model_permaslug": call.permaslug,
        "endpoint_id": "550e8400-e29b-41d4-a716-446655440000",
        "provider_name": call.provider,
        "usage": Decimal(0),
        "byok_usage_inference": 0,
        "requests": 0,
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "reasoning_tokens": 0,
    }
