"""The rows a call leaves in the spend log."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ci_tokengate.sandbox.auth import Caller
from ci_tokengate.sandbox.prices import MODELS, Model, Usage
from ci_tokengate.sandbox.prompts import CHAT, GEMINI, Prompt
from ci_tokengate.sandbox.refusals import Refusal
from ci_tokengate.sandbox.state import Json, Row, State, hashed


def success(
    state: State,
    caller: Caller,
    prompt: Prompt,
    target: str,
    usage: Usage,
    ident: str,
    begun: datetime,
) -> Decimal:
    """Records a call, billed as the model it was routed to. Returns its cost."""
    model = MODELS[target]
    cost = Decimal(0) if _unpriced(model, prompt) else model.cost(usage)
    call_type = (
        "responses" if model.mode == "responses" and prompt.api == CHAT else prompt.call_type
    )
    fields = _fields(state, caller, ident, call_type, begun) | _model_fields(model, target)
    fields |= _token_fields(usage) | {
        "status": "success",
        "request_tags": _tags(state, caller, prompt),
    }
    metadata = _metadata(caller) | {
        "status": None,
        "usage_object": _usage_object(model, usage),
        "error_information": None,
        "cost_breakdown": _breakdown(model, usage, cost),
        "model_map_information": {
            "model_map_key": model.full_name,
            "model_map_value": _prices(model),
        },
    }
    state.record(
        Row(
            token=_token(state, caller),
            start=begun,
            spend=_stored(cost),
            fields=fields,
            metadata=metadata,
        )
    )
    return cost


def _usage_object(model: Model, usage: Usage) -> Json:
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


def _breakdown(model: Model, usage: Usage, cost: Decimal) -> Json | None:
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


def _prices(model: Model) -> Json:
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


def _stored(cost: Decimal) -> Decimal:
    """The log keeps 16 digits; the header of the answer has them all."""
    return Decimal(f"{float(cost):.16g}")


def _unpriced(model: Model, prompt: Prompt) -> bool:
    """A mocked answer on `/v1/messages` has tokens and no price: unknown is not zero. (The real proxy logs the first
    such call only: its mock never changes the message's id, and rows are unique by it.)"""
    return model.mock and prompt.api == "messages"


def upstream_failure(
    state: State, caller: Caller, prompt: Prompt, target: str, refusal: Refusal, begun: datetime
) -> None:
    """The provider's error: nothing is billed, but the row counts the prompt's tokens."""
    usage = Usage(prompt=8 + len(prompt.text) // 16, output=0)
    fields = _fields(state, caller, state.new_id(), prompt.call_type, begun)
    fields |= _model_fields(MODELS[target], target) | _token_fields(usage)
    fields |= {"status": "failure", "request_tags": _tags(state, caller, prompt)}
    _record_failure(state, caller, fields, refusal)


def refused(state: State, caller: Caller, refusal: Refusal, call_type: str, model: str) -> None:
    """A call that never left the proxy: no tags, not even the key's own."""
    fields = _fields(state, caller, state.new_id(), call_type, state.now())
    known = MODELS.get(model)
    named = {"model": model, "model_group": "", "custom_llm_provider": ""}
    fields |= _model_fields(known, model) if known else named
    fields |= _token_fields(Usage(prompt=0, output=0)) | {"status": "failure", "request_tags": []}
    _record_failure(state, caller, fields, refusal)


def refused_model(prompt: Prompt) -> str:
    return "" if prompt.api == GEMINI else prompt.model


def _record_failure(state: State, caller: Caller, fields: Json, refusal: Refusal) -> None:
    information = {
        "error_code": str(refusal.status),
        "error_class": refusal.error_class,
        "error_message": refusal.message,
        "llm_provider": fields["custom_llm_provider"],
        "traceback": "",
    }
    metadata = _metadata(caller) | {
        "status": "failure",
        "usage_object": {},
        "cost_breakdown": None,
        "error_information": information,
    }
    state.record(
        Row(
            token=_token(state, caller),
            start=fields["start"],
            spend=Decimal(0),
            fields=fields,
            metadata=metadata,
        )
    )


def _token(state: State, caller: Caller) -> str:
    return caller.key.token if caller.key else hashed(state.admin_key)


def _fields(state: State, caller: Caller, ident: str, call_type: str, begun: datetime) -> Json:
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


def _model_fields(model: Model, name: str) -> Json:
    return {
        "model": model.full_name,
        "model_group": name,
        "custom_llm_provider": model.provider,
    }


def _token_fields(usage: Usage) -> Json:
    return {
        "total_tokens": usage.prompt + usage.output,
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.output,
    }


def _metadata(caller: Caller) -> Json:
    key = caller.key
    return {
        "user_api_key": key.token if key else None,
        "user_api_key_alias": key.alias if key else None,
        "user_api_key_team_id": key.team_id if key else None,
        "user_api_key_user_id": caller.user_id,
        "spend_logs_metadata": None,
    }


def _tags(state: State, caller: Caller, prompt: Prompt) -> list[str]:
    """The key's own, the request's, and the client's name and version."""
    own = caller.key.metadata.get("tags", []) if caller.key else []
    agent = prompt.agent.split(" ", maxsplit=1)[0]
    named = [f"User-Agent: {agent.split('/', maxsplit=1)[0]}", f"User-Agent: {agent}"]
    show_agent = bool(agent) and state.ceilings is None
    return list(dict.fromkeys([*own, *prompt.tags, *(named if show_agent else [])]))
