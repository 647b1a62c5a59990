"""What a request asks for: route, model, and the knobs in the last user message.

`in=1000` `out=50` tokens (100, 20), `cr=500` `cw=300` tokens read from and written to the cache (0), `sleep=1.5` seconds
before the answer (0), `status=529` answer with this error.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from ci_tokengate.sandbox.prices import Model, Usage
from ci_tokengate.sandbox.state import Json

MESSAGES, COUNT, CHAT, RESPONSES, GEMINI = "messages", "count", "chat", "responses", "gemini"

_APIS = {
    "/v1/messages": MESSAGES,
    "/v1/messages/count_tokens": COUNT,
    "/v1/chat/completions": CHAT,
    "/chat/completions": CHAT,
    "/v1/responses": RESPONSES,
    "/responses": RESPONSES,
}
_CALL_TYPES = {
    MESSAGES: "anthropic_messages",
    COUNT: "acompletion",
    CHAT: "acompletion",
    RESPONSES: "aresponses",
}
_TOOL_RESULT = re.compile(r'"role": "tool"|"tool_result"|"function_call_output"|"functionResponse"')
_NOT_USER = re.compile(
    r'"role": "(assistant|model|system|developer)"|"type": "(function_call|reasoning)"'
)


@dataclass(frozen=True, kw_only=True)
class Prompt:
    path: str
    api: str
    model: str
    stream: bool
    text: str
    include_usage: bool = False
    tags: tuple[str, ...] = ()
    tags_sent: bool = False
    agent: str = ""

    def knob(self, name: str, default: float) -> float:
        """What a test asks for in the prompt itself, such as `sleep=0.5`."""
        found = re.search(rf"\b{name}=(\d+(?:\.\d+)?)", self.text)
        return float(found.group(1)) if found else default

    @property
    def status(self) -> int:
        return int(self.knob("status", 200))

    @property
    def call_type(self) -> str:
        if self.api == GEMINI:
            return "agenerate_content_stream" if self.stream else "agenerate_content"
        return _CALL_TYPES[self.api]

    def usage(self, model: Model) -> Usage:
        """Anthropic counts cached tokens beside the input, the others inside it."""
        asked = {
            name: int(self.knob(name, d))
            for name, d in (("in", 100), ("out", 20), ("cr", 0), ("cw", 0))
        }
        if model.provider != "anthropic":
            return Usage(prompt=asked["in"], output=asked["out"], cache_read=asked["cr"])
        return Usage(
            prompt=asked["in"] + asked["cr"] + asked["cw"],
            output=asked["out"],
            cache_read=asked["cr"],
            cache_write=asked["cw"],
        )


def read_prompt(path: str, query: str, headers: dict[str, str], body: Json) -> Prompt:
    options = body.get("stream_options") or {}
    metadata = body.get("metadata") or {}
    sent = metadata.get("tags") or []
    header = [tag.strip() for tag in headers.get("x-litellm-tags", "").split(",") if tag.strip()]
    target = path.rsplit("/", 1)[-1]
    gemini = ":" in target
    return Prompt(
        path=path,
        api=GEMINI if gemini else _APIS[path],
        model=target.split(":")[0] if gemini else str(body.get("model")),
        stream="stream" in target if gemini else bool(body.get("stream")),
        text=last_user_text(body),
        include_usage=bool(options.get("include_usage")) or "alt=sse" in query,
        tags=tuple(header + list(sent)),
        tags_sent=bool(sent) or (bool(header) and _APIS.get(path) in (CHAT, None)),
        agent=headers.get("user-agent", ""),
    )


def last_user_text(body: Json) -> str:
    messages = body.get("messages") or body.get("input") or body.get("contents") or [""]
    for message in reversed(messages if isinstance(messages, list) else [messages]):
        text = json.dumps(message)
        if not _TOOL_RESULT.search(text) and not _NOT_USER.search(text):
            return text
    return ""
