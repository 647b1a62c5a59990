"""Answers in the providers' own words: Anthropic, OpenAI chat and responses, Gemini; plain and streamed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ci_tokengate.sandbox.prices import Usage
from ci_tokengate.sandbox.prompts import CHAT, GEMINI, MESSAGES, RESPONSES, Prompt
from ci_tokengate.sandbox.state import Json

Event = tuple[str | None, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`body` when not streamed; else `events`."""

    request_id: str
    body: Any
    events: tuple[Event, ...] = ()


def answer(prompt: Prompt, usage: Usage, ident: str, created: int, text: str) -> Answer:
    return _FORMS[prompt.api](prompt, usage, ident, created, text)


def sse(events: Iterable[Event]) -> str:
    lines = []
    for name, data in events:
        head = f"event: {name}\n" if name else ""
        lines.append(f"{head}data: {data if isinstance(data, str) else json.dumps(data)}\n\n")
    return "".join(lines)


def _anthropic(prompt: Prompt, usage: Usage, ident: str, created: int, text: str) -> Answer:
    counts = {
        "input_tokens": usage.uncached,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "output_tokens": usage.output,
    }
    message = {
        "id": f"msg_{ident}",
        "type": "message",
        "role": "assistant",
        "model": prompt.model,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": counts,
    }
    begun = {**message, "content": [], "stop_reason": None, "usage": {**counts, "output_tokens": 1}}
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    events: list[Json] = [
        {"type": "message_start", "message": begun},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": ended, "usage": {"output_tokens": usage.output}},
        {"type": "message_stop"},
    ]
    return Answer(
        request_id=f"msg_{ident}",
        body=message,
        events=tuple((event["type"], event) for event in events),
    )


def _chat(prompt: Prompt, usage: Usage, ident: str, created: int, text: str) -> Answer:
    counts = {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.output,
        "total_tokens": usage.prompt + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read},
    }
    base = {"id": f"chatcmpl-{ident}", "created": created, "model": prompt.model}
    message = {"role": "assistant", "content": text}
    chunk = {**base, "object": "chat.completion.chunk"}
    events: list[Event] = [
        (None, {**chunk, "choices": [{"index": 0, "delta": message}]}),
        (None, {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
    ]
    if prompt.include_usage:
        events.append((None, {**chunk, "choices": [{"index": 0, "delta": {}}], "usage": counts}))
    events.append((None, "[DONE]"))
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return Answer(
        request_id=f"chatcmpl-{ident}",
        body={**base, "object": "chat.completion", "choices": [choice], "usage": counts},
        events=tuple(events),
    )


def _responses(prompt: Prompt, usage: Usage, ident: str, created: int, text: str) -> Answer:
    part = {"type": "output_text", "text": text, "annotations": []}
    item = {"id": f"msg_{ident}", "type": "message", "role": "assistant", "content": [part]}
    response: Json = {
        "id": f"resp_{ident}",
        "object": "response",
        "created_at": created,
        "status": "completed",
        "model": prompt.model,
        "output": [{**item, "status": "completed"}],
        "usage": {
            "input_tokens": usage.prompt,
            "input_tokens_details": {"cached_tokens": usage.cache_read},
            "output_tokens": usage.output,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": usage.prompt + usage.output,
        },
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": False,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
    }
    return Answer(
        request_id=response["id"], body=response, events=_response_events(response, item, part)
    )


def _response_events(response: Json, item: Json, part: Json) -> tuple[Event, ...]:
    begun = {**response, "status": "in_progress", "output": [], "usage": None}
    at = {"output_index": 0, "item_id": item["id"], "content_index": 0}
    text = part["text"]
    steps: list[tuple[str, Json]] = [
        ("created", {"response": begun}),
        ("in_progress", {"response": begun}),
        (
            "output_item.added",
            {"output_index": 0, "item": {**item, "status": "in_progress", "content": []}},
        ),
        ("content_part.added", {**at, "part": {**part, "text": ""}}),
        ("output_text.delta", {**at, "delta": text, "logprobs": []}),
        ("output_text.done", {**at, "text": text, "logprobs": []}),
        ("content_part.done", {**at, "part": part}),
        ("output_item.done", {"output_index": 0, "item": {**item, "status": "completed"}}),
        ("completed", {"response": response}),
    ]
    events: list[Event] = [
        (None, {"type": f"response.{name}", "sequence_number": place, **step})
        for place, (name, step) in enumerate(steps)
    ]
    return (*events, (None, "[DONE]"))


def _gemini(prompt: Prompt, usage: Usage, ident: str, created: int, text: str) -> Answer:
    content = {"role": "model", "parts": [{"text": text}]}
    body = {
        "candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
        "modelVersion": prompt.model,
        "responseId": ident,
        "usageMetadata": {
            "promptTokenCount": usage.prompt,
            "cachedContentTokenCount": usage.cache_read,
            "candidatesTokenCount": usage.output,
            "totalTokenCount": usage.prompt + usage.output,
        },
    }
    return Answer(request_id=ident, body=body, events=((None, body),))


_FORMS: dict[str, Callable[[Prompt, Usage, str, int, str], Answer]] = {
    MESSAGES: _anthropic,
    CHAT: _chat,
    RESPONSES: _responses,
    GEMINI: _gemini,
}
