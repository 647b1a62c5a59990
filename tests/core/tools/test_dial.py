"""Where each tool would call, from its wiring alone."""

from __future__ import annotations

from ci_tokengate.core.tools.dial import Api, Dial, dials
from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.registry import TOOLS

ROOT, KEY = "https://llm.acme.example", "sk-canary-of-a-job-key"
MODELS = ("claude-sonnet", "gpt-codex", "gemini-flash")
ACCESS = Access(root=ROOT, key=KEY, models=MODELS, folder="/private")
EXPECTED = {
    "claude-code": [("/v1/messages", "claude-sonnet")],
    "codex": [("/v1/responses", "gpt-codex")],
    "gemini": [("/v1beta/models/gemini-flash:generateContent", "gemini-flash")],
    "copilot": [("/v1/messages", "claude-sonnet")],
    "opencode": [("/v1/chat/completions", "claude-sonnet")],
    "qwen-code": [("/v1/chat/completions", "claude-sonnet")],
    "aider": [("/v1/chat/completions", "claude-sonnet")],
    "openai": [("/v1/chat/completions", "gpt-codex"), ("/v1/responses", "gpt-codex")],
    "anthropic": [("/v1/messages", "claude-sonnet")],
    "google-genai": [("/v1beta/models/gemini-flash:generateContent", "gemini-flash")],
    "langchain": [("/v1/chat/completions", "gpt-codex"), ("/v1/messages", "claude-sonnet")],
    "litellm": [
        ("/chat/completions", "claude-sonnet"),
        ("/v1/chat/completions", "gpt-codex"),
        ("/v1/messages", "claude-sonnet"),
    ],
}


def _all() -> dict[str, tuple[Dial, ...]]:
    return {tool.name: dials(tool, ACCESS) for tool in TOOLS}


def test_every_tool_of_the_table_calls_where_its_wiring_leads() -> None:
    found = {name: [(d.url.removeprefix(ROOT), d.model) for d in ds] for name, ds in _all().items()}
    assert found == EXPECTED


def test_every_request_carries_the_job_key_and_does_not_show_it() -> None:
    for made in _all().values():
        for dial in made:
            assert any(KEY in value for value in dial.headers.values())
            assert KEY not in repr(dial)


def test_a_question_has_nothing_in_it_that_a_provider_would_answer() -> None:
    asked = {"messages", "input", "contents"}
    for made in _all().values():
        for dial in made:
            assert not asked & dial.question().keys()
            assert asked & dial.smallest_call().keys()


def test_a_real_call_asks_for_few_tokens_in_each_dialect() -> None:
    seen = {d.api: d.smallest_call() for made in _all().values() for d in made}
    assert set(seen) == set(Api)
    assert seen[Api.RESPONSES]["max_output_tokens"] == 16
    assert seen[Api.MESSAGES]["max_tokens"] == seen[Api.CHAT]["max_tokens"] == 16
    assert seen[Api.GEMINI]["generationConfig"] == {"maxOutputTokens": 16}
