"""The request that each wired tool would make, from its wiring alone: which address, how the key goes, which model.

What is here is observed of the tools' own requests (docs/compatibility.md), and used to try the way before they do.
Nothing is streamed, though most tools do: the address and the key's way are what is tried.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from ci_tokengate.core.tools.headers import whole
from ci_tokengate.core.tools.model import Access, Wiring
from ci_tokengate.core.tools.models import CLAUDE, GEMINI, GPT, pick
from ci_tokengate.core.tools.tool import Tool

_PROMPT = "Say ok."
_TOKENS = 16
"""Of the answer; OpenAI's responses take no fewer."""


class Api(Enum):
    """The dialect of a request."""

    MESSAGES = "/v1/messages"
    CHAT = "/chat/completions"
    RESPONSES = "/responses"
    GEMINI = ":generateContent"


@dataclass(frozen=True, kw_only=True)
class Dial:
    """One request as a tool would make it: the whole address, and the headers with the key."""

    api: Api
    url: str
    model: str
    headers: Mapping[str, str] = field(repr=False)

    def question(self) -> dict[str, Any]:
        """A body that names the model and asks nothing: no provider would answer it."""
        return {} if self.api is Api.GEMINI else {"model": self.model}

    def smallest_call(self) -> dict[str, Any]:
        """A body that costs a few tokens."""
        if self.api is Api.GEMINI:
            said = {"role": "user", "parts": [{"text": _PROMPT}]}
            return {"contents": [said], "generationConfig": {"maxOutputTokens": _TOKENS}}
        if self.api is Api.RESPONSES:
            return {"model": self.model, "input": _PROMPT, "max_output_tokens": _TOKENS}
        message = {"role": "user", "content": _PROMPT}
        return {"model": self.model, "max_tokens": _TOKENS, "messages": [message]}


def dials(tool: Tool, access: Access) -> tuple[Dial, ...]:
    """One for each dialect that the tool speaks."""
    found = _DIALS[tool.name](tool.wiring(access), access)
    if not tool.sends_headers:
        return found
    more = whole(access)
    return tuple(replace(dial, headers={**dial.headers, **more}) for dial in found)


def _messages(base: str, key: str, model: str) -> Dial:
    """Both headers, as Claude Code and the SDK send them with both variables set."""
    headers = {
        "x-api-key": key,
        "authorization": f"Bearer {key}",
        "anthropic-version": "2023-06-01",
    }
    return Dial(api=Api.MESSAGES, url=f"{base}/v1/messages", model=model, headers=headers)


def _openai(api: Api, base: str, key: str, model: str) -> Dial:
    headers = {"authorization": f"Bearer {key}"}
    return Dial(api=api, url=f"{base}{api.value}", model=model, headers=headers)


def _gemini(base: str, version: str, key: str, model: str) -> Dial:
    url = f"{base}/{version}/models/{model}{Api.GEMINI.value}"
    return Dial(api=Api.GEMINI, url=url, model=model, headers={"x-goog-api-key": key})


def _anthropic(w: Wiring, a: Access) -> tuple[Dial, ...]:
    model = w.env.get("ANTHROPIC_MODEL") or pick(a, *CLAUDE)
    return (_messages(w.env["ANTHROPIC_BASE_URL"], w.env["ANTHROPIC_AUTH_TOKEN"], model),)


def _copilot(w: Wiring, _: Access) -> tuple[Dial, ...]:
    base, key = w.env["COPILOT_PROVIDER_BASE_URL"], w.env["COPILOT_PROVIDER_API_KEY"]
    return (_messages(base, key, w.env["COPILOT_MODEL"]),)


def _codex(w: Wiring, _: Access) -> tuple[Dial, ...]:
    config = w.files["codex/config.toml"]
    key = w.env[_toml(config, "env_key")]
    return (_openai(Api.RESPONSES, _toml(config, "base_url"), key, _toml(config, "model")),)


def _opencode(w: Wiring, _: Access) -> tuple[Dial, ...]:
    config = json.loads(w.files["opencode/opencode.json"])
    provider, _slash, model = config["model"].partition("/")
    options = config["provider"][provider]["options"]
    key = w.env[options["apiKey"].removeprefix("{env:").removesuffix("}")]
    return (_openai(Api.CHAT, options["baseURL"], key, model),)


def _chat(w: Wiring, a: Access) -> tuple[Dial, ...]:
    named = w.env.get("AIDER_MODEL") or w.env.get("OPENAI_MODEL") or pick(a, *GPT)
    base, key = w.env["OPENAI_BASE_URL"], w.env["OPENAI_API_KEY"]
    return (_openai(Api.CHAT, base, key, named.removeprefix("openai/")),)


def _openai_sdk(w: Wiring, a: Access) -> tuple[Dial, ...]:
    responses = _openai(
        Api.RESPONSES, w.env["OPENAI_BASE_URL"], w.env["OPENAI_API_KEY"], pick(a, *GPT)
    )
    return (*_chat(w, a), responses)


def _gemini_cli(w: Wiring, a: Access) -> tuple[Dial, ...]:
    version = w.env.get("GOOGLE_GENAI_API_VERSION", "v1beta")
    model = w.env.get("GEMINI_MODEL") or pick(a, *GEMINI)
    return (_gemini(w.env["GOOGLE_GEMINI_BASE_URL"], version, w.env["GEMINI_API_KEY"], model),)


def _langchain(w: Wiring, a: Access) -> tuple[Dial, ...]:
    return (*_chat(w, a), *_anthropic(w, a))


def _litellm(w: Wiring, a: Access) -> tuple[Dial, ...]:
    base, key = w.env["LITELLM_PROXY_API_BASE"], w.env["LITELLM_PROXY_API_KEY"]
    own = _openai(Api.CHAT, base, key, a.models[0])
    claude = _messages(w.env["ANTHROPIC_API_BASE"], w.env["ANTHROPIC_API_KEY"], pick(a, *CLAUDE))
    return (own, *_chat(w, a), claude)


def _toml(config: str, name: str) -> str:
    """The text of a key; Python has no TOML before 3.11."""
    found = re.search(rf"^{name} = (\".*\")$", config, re.MULTILINE)
    return str(json.loads(found[1])) if found else ""


_DIALS: Mapping[str, Callable[[Wiring, Access], tuple[Dial, ...]]] = {
    "claude-code": _anthropic,
    "codex": _codex,
    "gemini": _gemini_cli,
    "copilot": _copilot,
    "opencode": _opencode,
    "qwen-code": _chat,
    "aider": _chat,
    "openai": _openai_sdk,
    "anthropic": _anthropic,
    "google-genai": _gemini_cli,
    "langchain": _langchain,
    "litellm": _litellm,
}
"""A test says that every tool of the table is here."""
