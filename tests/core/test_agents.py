from __future__ import annotations

import pytest

from ci_tokengate.core.agents import AGENTS, agents_in
from ci_tokengate.core.tools.registry import select

MENTIONS = {
    "the action": ("uses: anthropics/claude-code-action@v1", ("claude-code-action",)),
    "its base": ("uses: anthropics/claude-code-base-action@beta", ("claude-code-action",)),
    "its command": ("run: claude -p 'hi'", ("claude-code",)),
    "its package": ("run: npm i -g @anthropic-ai/claude-code", ("claude-code",)),
    "codex": ("run: codex exec 'hi'", ("codex",)),
    "codex's action": ("uses: openai/codex-action@v1", ("codex",)),
    "gemini's action": ("uses: google-github-actions/run-gemini-cli@v0", ("gemini",)),
    "aider": ("run: pip install aider-chat", ("aider",)),
    "two": ("run: |\n  codex exec hi\n  gemini -p hi", ("codex", "gemini")),
    "a comment": ("# claude -p was here", ()),
    "another word": ("run: echo claude --version", ()),
    "nothing": ("", ()),
}


@pytest.mark.parametrize(("text", "agents"), MENTIONS.values(), ids=MENTIONS)
def test_a_workflow_gives_its_agents_away(text: str, agents: tuple[str, ...]) -> None:
    assert agents_in(text) == agents


def test_every_agent_has_its_tool_and_is_recognised_in_its_own_steps() -> None:
    for agent in AGENTS:
        assert select([agent.tool])
        assert agents_in(agent.steps) == (agent.name,)
        assert "if: steps.gate.outputs.allowed == 'true'" in agent.steps
