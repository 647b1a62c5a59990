"""What a row of the spend log says of its call: of the key, the model, the tokens, the price."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ci_tokengate.sandbox.auth import Caller
from ci_tokengate.sandbox.prices import Model, Usage
from ci_tokengate.sandbox.prompts import Prompt
from ci_tokengate.sandbox.state import Json, State


def usage_object(model: Model, usage: Usage) -> Json:
    """Each provider's counts of its cache stand where LiteLLM leaves them."""
    details = {"cached_tokens": usage.cache_read}
    counts: Json = {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.output,
        "total_tokens": usage.prompt + usage.output,
        "prompt_tokens_details": details,
    }
    if model.provider != "openai":
        counts["cache_read_input_tokens"] = usage.cache_read
    if model.provider == "anthropic":
        written = usage.cache_write
        details |= {"cache_write_tokens": written, "cache_creation_tokens": written}
        counts["cache_creation_input_tokens"] = written
    return counts


def breakdown(model: Model, usage: Usage, cost: Decimal) -> Json | None:
    """The input's cost holds both of the cache's, which stand beside it where there are any."""
    if not cost:
        return None
    read = float(usage.cache_read) * float(model.cache_read)
    written = float(usage.cache_write) * float(model.cache_write)
    cache: Json = {"cache_read_cost": read} if read else {}
    if written:
        cache["cache_creation_cost"] = written
    return {
        "input_cost": float(usage.uncached) * float(model.input) + read + written,
        "output_cost": float(usage.output) * float(model.output),
        **cache,
        "tool_usage_cost": 0,
        "discount_amount": 0,
        "margin_total_amount": 0,
        "original_cost": float(cost),
        "total_cost": float(cost),
    }


def prices(model: Model) -> Json:
    return {
        "key": model.model,
        "mode": model.mode,
        "litellm_provider": model.provider,
        "max_input_tokens": model.max_input,
        "max_output_tokens": model.max_output,
        "input_cost_per_token": float(model.input),
        "output_cost_per_token": float(model.output),
        "cache_read_input_token_cost": float(model.cache_read),
        "cache_creation_input_token_cost": float(model.cache_write) or None,
    }


def call_fields(state: State, caller: Caller, ident: str, call_type: str, begun: datetime) -> Json:
    key = caller.key
    return {
        "request_id": ident,
        "call_type": call_type,
        "cache_hit": "None",
        "start": begun,
        "end": state.now(),
        "user": caller.user_id,
        "team_id": (key.team_id or "") if key else "",
        "end_user": "",
    }


def model_fields(model: Model, name: str) -> Json:
    return {
        "model": model.full_name,
        "model_group": name,
        "custom_llm_provider": model.provider,
    }


def token_fields(usage: Usage) -> Json:
    return {
        "total_tokens": usage.prompt + usage.output,
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.output,
    }


def key_metadata(caller: Caller) -> Json:
    key = caller.key
    return {
        "user_api_key": key.token if key else None,
        "user_api_key_alias": key.alias if key else None,
        "user_api_key_team_id": key.team_id if key else None,
        "user_api_key_user_id": caller.user_id,
        "spend_logs_metadata": None,
    }


def tags(state: State, caller: Caller, prompt: Prompt) -> list[str]:
    """The key's own, the request's, and the client's name and version."""
    own = caller.key.metadata.get("tags", []) if caller.key else []
    agent = prompt.agent.split(" ", maxsplit=1)[0]
    named = [f"User-Agent: {agent.split('/', maxsplit=1)[0]}", f"User-Agent: {agent}"]
    show_agent = bool(agent) and state.ceilings is None
    return list(dict.fromkeys([*own, *prompt.tags, *(named if show_agent else [])]))
