"""One call by one Python SDK, as a program that knows only the model's name: `sdks.py SDK MODEL PROMPT`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Any


def openai(model: str, prompt: str) -> Any:
    client = import_module("openai").OpenAI()
    return client.responses.create(model=model, input=prompt).output_text


def anthropic(model: str, prompt: str) -> Any:
    client = import_module("anthropic").Anthropic()
    messages = [{"role": "user", "content": prompt}]
    return client.messages.create(model=model, max_tokens=100, messages=messages).content


def google_genai(model: str, prompt: str) -> Any:
    client = import_module("google.genai").Client()
    return client.models.generate_content(model=model, contents=prompt).text


def langchain_openai(model: str, prompt: str) -> Any:
    return import_module("langchain_openai").ChatOpenAI(model=model).invoke(prompt).content


def langchain_anthropic(model: str, prompt: str) -> Any:
    chat = import_module("langchain_anthropic").ChatAnthropic(model=model, max_tokens=100)
    return chat.invoke(prompt).content


def litellm(model: str, prompt: str) -> Any:
    messages = [{"role": "user", "content": prompt}]
    return import_module("litellm").completion(model=model, messages=messages)


SDKS: dict[str, Callable[[str, str], Any]] = {
    "openai": openai,
    "anthropic": anthropic,
    "google-genai": google_genai,
    "langchain-openai": langchain_openai,
    "langchain-anthropic": langchain_anthropic,
    "litellm": litellm,
}

if __name__ == "__main__":
    name, model, prompt = sys.argv[1:]
    print(version(name) if model == "--version" else SDKS[name](model, prompt))
