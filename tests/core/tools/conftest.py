"""One access for the table tests."""

from __future__ import annotations

import pytest

from ci_tokengate.core.tools.model import Access


@pytest.fixture
def access() -> Access:
    return Access(
        root="https://llm.acme.example",
        key="sk-job-key",
        models=("claude-sonnet", "claude-haiku", "gpt-codex", "gemini-flash"),
        folder="/private/tokengate",
    )
