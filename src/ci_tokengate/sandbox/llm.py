"""LLM calls: admit, wait, meter, answer. Budgets count at once; the log follows at the flush."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from ci_tokengate.sandbox import metering
from ci_tokengate.sandbox.admission import admit, known, route, too_many
from ci_tokengate.sandbox.answers import Answer, answer
from ci_tokengate.sandbox.auth import Caller
from ci_tokengate.sandbox.prices import MODELS, Usage
from ci_tokengate.sandbox.prompts import COUNT, GEMINI, MESSAGES, Prompt
from ci_tokengate.sandbox.refusals import Refusal, anthropic_error, error
from ci_tokengate.sandbox.state import State
from ci_tokengate.sandbox.web import Reply

Sleep = Callable[[float], Awaitable[None]]
VERSION = "1.106.2"


@dataclass(frozen=True, kw_only=True)
class Served:
    reply: Reply
    answer: Answer | None = None
    headers: dict[str, str] = field(default_factory=dict)


async def serve(state: State, caller: Caller, prompt: Prompt, sleep: Sleep) -> Served:
    begun = state.now()
    with state.lock:
        _admit(state, caller, prompt)
        if caller.key:
            caller.key.in_flight += 1
    try:
        await sleep(prompt.knob("sleep", 0))
    finally:
        if caller.key:
            caller.key.in_flight -= 1
    with state.lock:
        return _finish(state, caller, prompt, begun)


def _admit(state: State, caller: Caller, prompt: Prompt) -> None:
    try:
        admit(state, caller, prompt.path, prompt.model)
        _check_limits(state, caller, prompt)
    except Refusal as refusal:
        if "error" in refusal.body:
            model = metering.refused_model(prompt)
            metering.refused(state, caller, refusal, prompt.call_type, model)
        raise


def _check_limits(state: State, caller: Caller, prompt: Prompt) -> None:
    if state.ceilings is not None and not state.ceilings.client_tags and prompt.tags_sent:
        message = (
            "Client-side 'metadata.tags' not allowed in request. 'reject_clientside_metadata_tags'=True. "
            "Tags can only be set via API key metadata."
        )
        raise error(400, message, "bad_request_error", "metadata.tags")
    text = too_many(state, caller)
    if text is not None:
        if prompt.api == MESSAGES:
            raise anthropic_error(429, "rate_limit_error", text, "ProxyRateLimitError")
        raise error(429, text, "throttling_error", error_class="ProxyRateLimitError")
    if known(route(caller, prompt.model)) is None:
        hint = "Call `/v1/models` to view available models for your key."
        message = f"{prompt.call_type}: Invalid model name passed in model={prompt.model}. {hint}"
        raise _no_such_model(prompt, message)


def _no_such_model(prompt: Prompt, message: str) -> Refusal:
    if prompt.api == MESSAGES:
        return anthropic_error(400, "invalid_request_error", message, "ProxyModelNotFoundError")
    return error(400, str({"error": message}), "None", "None", "ProxyModelNotFoundError")


def _finish(state: State, caller: Caller, prompt: Prompt, begun: datetime) -> Served:
    target = route(caller, prompt.model)
    if prompt.api == COUNT:
        count = int(prompt.knob("in", 100))
        return Served(reply=Reply(body={"input_tokens": count, "litellm_count_source": "provider"}))
    if prompt.status != 200:
        refusal = _upstream_error(prompt, target)
        metering.upstream_failure(state, caller, prompt, target, refusal, begun)
        raise refusal
    usage = _usage(prompt, target)
    ident = state.new_id().replace("-", "")[:12]
    text = "mocked answer" if MODELS[target].mock else "fake answer"
    made = answer(prompt, usage, ident, int(begun.timestamp()), text)
    cost = metering.success(state, caller, prompt, target, usage, made.request_id, begun)
    headers = {
        "x-litellm-call-id": state.new_id(),
        "x-litellm-version": VERSION,
        "x-litellm-model-group": target,
        "x-litellm-model-name": MODELS[target].full_name,
    }
    if not prompt.stream and prompt.api != GEMINI:
        headers["x-litellm-response-cost"] = str(float(cost))
    return Served(reply=Reply(body=made.body), answer=made, headers=headers)


def _usage(prompt: Prompt, target: str) -> Usage:
    model = MODELS[target]
    if not model.mock:
        return prompt.usage(model)
    if prompt.api == MESSAGES:
        return Usage(prompt=2095, output=503)
    return Usage(prompt=8 + len(prompt.text) // 4, output=20)


def _upstream_error(prompt: Prompt, target: str) -> Refusal:
    """An error of Anthropic's becomes a 500, others keep their status."""
    tail = f"\n\nLiteLLM: model group '{target}' failed with the error above. No fallback was attempted."
    if MODELS[target].provider == "anthropic":
        text = '{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}'
        message = f"litellm.InternalServerError: AnthropicError - {text}{tail}"
        if prompt.api == MESSAGES:
            return anthropic_error(500, "api_error", message, "InternalServerError")
        return error(500, message, error_class="InternalServerError")
    name = {500: "InternalServerError", 503: "ServiceUnavailableError"}.get(
        prompt.status, "APIError"
    )
    return error(prompt.status, f"litellm.{name}: boom{tail}", error_class=name)
