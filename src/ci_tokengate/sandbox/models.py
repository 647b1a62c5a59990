"""What a key may call: `/v1/models` repeats the key's list, `/model_group/info` tells who provides what of it,
and `/v2/model/info` all that there is, to whoever may ask."""

from __future__ import annotations

from ci_tokengate.sandbox import metering
from ci_tokengate.sandbox.admission import check_key_budget, granted
from ci_tokengate.sandbox.prices import MODELS
from ci_tokengate.sandbox.refusals import Refusal
from ci_tokengate.sandbox.state import Json, State
from ci_tokengate.sandbox.web import Call, Reply, number


def names(state: State, call: Call) -> Reply:
    """Refused once the key's budget is spent, not when the team's is; the refusal is logged."""
    key = call.caller.key
    if key is None:
        return Reply(body={"data": [_entry(name) for name in MODELS], "object": "list"})
    try:
        check_key_budget(key)
    except Refusal as refusal:
        metering.refused(state, call.caller, refusal, "/v1/models", "")
        raise
    listed = granted(state, key)
    routed = [alias for alias, target in key.aliases.items() if target in listed]
    shown = dict.fromkeys([*listed, *routed])
    entries = [_entry(name, key.aliases.get(name, name)) for name in shown]
    return Reply(body={"data": entries, "object": "list"})


def groups(state: State, call: Call) -> Reply:
    """Asks no budget. A name that is no model is listed too, without a provider."""
    listed = granted(state, call.caller.key) if call.caller.key else list(MODELS)
    return Reply(body={"data": [_group(name) for name in listed]})


def catalogue(state: State, call: Call) -> Reply:
    """All that the proxy serves, with prices, whatever the key may call; in pages."""
    size, page = number(call, "size", 50, 1000), number(call, "page", 1, 10**6)
    told = [_deployment(name) for name in MODELS]
    shown = told[(page - 1) * size : page * size]
    pages = -(-len(told) // size)
    about = {"total_count": len(told), "current_page": page, "total_pages": pages, "size": size}
    return Reply(body={"data": shown, **about})


def _deployment(name: str) -> Json:
    model = MODELS[name]
    info: Json = {
        "key": model.model,
        "mode": model.mode,
        "input_cost_per_token": float(model.input),
        "output_cost_per_token": float(model.output),
        "cache_read_input_token_cost": float(model.cache_read),
        "cache_creation_input_token_cost": float(model.cache_write) or None,
    }
    return {
        "model_name": name,
        "litellm_params": {"model": model.full_name},
        "model_info": info,
    }


def _entry(name: str, target: str = "") -> Json:
    base: Json = {"id": name, "object": "model", "created": 1677610602, "owned_by": "openai"}
    model = MODELS.get(target or name)
    if model is None:
        return base
    limits = {"max_input_tokens": model.max_input, "max_output_tokens": model.max_output}
    return base | {"mode": model.mode} | limits


def _group(name: str) -> Json:
    model = MODELS.get(name)
    if model is None:
        costs = {"input_cost_per_token": None, "output_cost_per_token": None}
        return {"model_group": name, "providers": [], "mode": "chat"} | costs
    return {
        "model_group": name,
        "providers": [model.provider],
        "max_input_tokens": float(model.max_input),
        "max_output_tokens": float(model.max_output),
        "input_cost_per_token": float(model.input),
        "output_cost_per_token": float(model.output),
        "mode": model.mode,
    }
