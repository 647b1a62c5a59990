"""LLM calls: whose key, may it, what did it cost. The key's metadata win over the request's, the workspace's over both."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ci_tokengate.sandbox.answers import Answer, answer
from ci_tokengate.sandbox.portkey.keys import limit_of
from ci_tokengate.sandbox.portkey.refusals import Refused, denied
from ci_tokengate.sandbox.portkey.state import Call, Key, State, new_id
from ci_tokengate.sandbox.prices import MODELS
from ci_tokengate.sandbox.prompts import Prompt


def serve(state: State, key: Key, prompt: Prompt, headers: dict[str, str]) -> Answer:
    """Counted at once against the budgets; analytics show it when their delay is over."""
    name = prompt.model.rpartition("/")[2]
    try:
        _admit(state, key, name, prompt)
    except Refused as refusal:
        if refusal.status in (412, 429):
            state.calls.append(_call(state, key, name, headers, status=refusal.status))
        raise
    model = MODELS[name]
    usage = prompt.usage(model)
    cost = model.cost(usage)
    key.spent += cost
    state.workspaces[key.workspace].spent += cost
    tokens = usage.prompt + usage.output
    state.calls.append(
        _call(state, key, name, headers, cost=cost, tokens=tokens, provider=model.provider)
    )
    ident = new_id().replace("-", "")[:12]
    return answer(prompt, usage, ident, int(state.now().timestamp()), "fake answer")


def _admit(state: State, key: Key, name: str, prompt: Prompt) -> None:
    if "completions.write" not in key.scopes:
        raise denied(403, "permission_denied", "this API key has no scope completions.write")
    whole = limit_of(state.workspaces[key.workspace])
    if key.exhausted or (whole is not None and state.workspaces[key.workspace].spent >= whole):
        raise denied(412, "usage_limit_exceeded", "the usage limit is exhausted")
    if _too_many(state, key):
        raise denied(429, "rate_limit_exceeded", "the rate limit of this API key is reached")
    config = (key.body.get("defaults") or {}).get("config_id", "")
    if name not in state.configs.get(config, MODELS):
        raise denied(400, "invalid_request", f"there is no model {prompt.model}")
    if not prompt.text or prompt.text == '""':
        raise denied(400, "invalid_request", "messages are required")


def _too_many(state: State, key: Key) -> bool:
    """Requests of the last minute; only the unit rpm is known here."""
    limits = [one["value"] for one in key.body.get("rate_limits") or [] if one["unit"] == "rpm"]
    since = state.now() - timedelta(minutes=1)
    made = sum(call.key_id == key.id and call.at > since for call in state.calls)
    return bool(limits) and made >= min(limits)


def _call(
    state: State,
    key: Key,
    model: str,
    headers: dict[str, str],
    *,
    status: int = 200,
    cost: Decimal = Decimal(0),
    tokens: int = 0,
    provider: str = "",
) -> Call:
    return Call(
        at=state.now(),
        key_id=key.id,
        workspace=key.workspace,
        provider=provider or (MODELS[model].provider if model in MODELS else ""),
        model=model,
        cost=cost,
        tokens=tokens,
        status=status,
        metadata=_metadata(state, key, headers),
    )


def _metadata(state: State, key: Key, headers: dict[str, str]) -> dict[str, str]:
    sent: Any = json.loads(headers.get("x-portkey-metadata") or "{}")
    own = (key.body.get("defaults") or {}).get("metadata") or {}
    return {**sent, **own, **state.workspaces[key.workspace].metadata}
