"""The rows a call leaves in the spend log."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ci_tokengate.sandbox.auth import Caller
from ci_tokengate.sandbox.prices import MODELS, Model, Usage
from ci_tokengate.sandbox.prompts import CHAT, GEMINI, Prompt
from ci_tokengate.sandbox.refusals import Refusal
from ci_tokengate.sandbox.rowfields import (
    breakdown,
    call_fields,
    key_metadata,
    model_fields,
    prices,
    tags,
    token_fields,
    usage_object,
)
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
    fields = call_fields(state, caller, ident, call_type, begun) | model_fields(model, target)
    fields |= token_fields(usage) | {
        "status": "success",
        "request_tags": tags(state, caller, prompt),
    }
    metadata = key_metadata(caller) | {
        "status": None,
        "usage_object": usage_object(model, usage),
        "error_information": None,
        "cost_breakdown": breakdown(model, usage, cost),
        "model_map_information": {
            "model_map_key": model.full_name,
            "model_map_value": prices(model),
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
    fields = call_fields(state, caller, state.new_id(), prompt.call_type, begun)
    fields |= model_fields(MODELS[target], target) | token_fields(usage)
    fields |= {"status": "failure", "request_tags": tags(state, caller, prompt)}
    _record_failure(state, caller, fields, refusal)


def refused(state: State, caller: Caller, refusal: Refusal, call_type: str, model: str) -> None:
    """A call that never left the proxy: no tags, not even the key's own."""
    fields = call_fields(state, caller, state.new_id(), call_type, state.now())
    known = MODELS.get(model)
    named = {"model": model, "model_group": "", "custom_llm_provider": ""}
    fields |= model_fields(known, model) if known else named
    fields |= token_fields(Usage(prompt=0, output=0)) | {"status": "failure", "request_tags": []}
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
    metadata = key_metadata(caller) | {
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
