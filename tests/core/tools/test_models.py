"""Which model of the use case a tool is given."""

from __future__ import annotations

import pytest

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.models import SMALL, pick
from ci_tokengate.core.tools.registry import select


def access(*models: str) -> Access:
    return Access(root="https://llm.acme.example", key="sk-x", models=models, folder="/private")


@pytest.mark.parametrize(
    ("models", "words", "picked"),
    [
        (("claude-sonnet", "gpt-mini", "gpt-codex"), ("codex", "gpt"), "gpt-codex"),
        (("claude-sonnet", "gpt-mini"), ("codex", "gpt"), "gpt-mini"),
        (("GPT-5",), ("gpt",), "GPT-5"),
        (("fast", "strong"), ("gpt",), "fast"),
        (("gemini-pro", "claude-haiku"), SMALL, "claude-haiku"),
    ],
)
def test_the_first_model_with_a_word_in_its_name_else_the_first(
    models: tuple[str, ...], words: tuple[str, ...], picked: str
) -> None:
    assert pick(access(*models), *words) == picked


def test_gemini_is_no_mini() -> None:
    assert pick(access("strong", "gemini-pro"), *SMALL, otherwise="strong") == "strong"


def test_claude_code_gets_one_model_for_each_of_its_sizes() -> None:
    (tool,) = select(["claude-code"])
    env = tool.env(access("claude-sonnet", "claude-haiku"))
    assert env["ANTHROPIC_MODEL"] == "claude-sonnet"
    assert env["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet"
    assert env["ANTHROPIC_DEFAULT_HAIKU_MODEL"] == "claude-haiku"
    assert env["ANTHROPIC_SMALL_FAST_MODEL"] == "claude-haiku"
    assert env["ANTHROPIC_DEFAULT_OPUS_MODEL"] == "claude-sonnet"


def test_names_that_say_nothing_give_every_tool_the_first() -> None:
    only = access("strong", "fast")
    for tool in select(["auto"]):
        asked = {v for n, v in tool.env(only).items() if n.endswith("_MODEL")}
        assert asked <= {"strong", "openai/strong"}
