"""The agents that `init` can write a workflow for: their steps, and how an existing workflow gives them away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_CLAUDE_ACTION = """\
      - uses: anthropics/claude-code-action@v1
        if: steps.gate.outputs.allowed == 'true'
        with:
          anthropic_api_key: ${{ steps.gate.outputs.key }}
          prompt: Review this pull request.
"""


@dataclass(frozen=True, kw_only=True)
class Agent:
    """`steps` stand after the gate's step, as YAML; `marks` are patterns of a workflow's text.

    tool: its entry in the table of tools. export: where it wants the key.
    """

    name: str
    tool: str
    about: str
    steps: str
    marks: tuple[str, ...]
    export: str = "env"


def _command_line(install: str, command: str) -> str:
    """zizmor asks for a lock file; the version is named instead."""
    return (
        f"      - run: {install} # zizmor: ignore[adhoc-packages]\n"
        "        if: steps.gate.outputs.allowed == 'true'\n"
        f"      - run: {command}\n"
        "        if: steps.gate.outputs.allowed == 'true'\n"
    )


AGENTS: tuple[Agent, ...] = (
    Agent(
        name="claude-code-action",
        tool="claude-code",
        about="anthropics/claude-code-action",
        steps=_CLAUDE_ACTION,
        marks=(r"anthropics/claude-code-(base-)?action",),
        export="both",
    ),
    Agent(
        name="claude-code",
        tool="claude-code",
        about="Claude Code's command line",
        steps=_command_line(
            "npm install --global @anthropic-ai/claude-code@2.1.330",
            'claude -p "Review this pull request."',
        ),
        marks=(r"@anthropic-ai/claude-code", r"\bclaude\s+(-p|--print)\b"),
    ),
    Agent(
        name="codex",
        tool="codex",
        about="OpenAI's Codex CLI",
        steps=_command_line(
            "npm install --global @openai/codex@0.169.0",
            'codex exec --sandbox workspace-write "Review this pull request."',
        ),
        marks=(r"@openai/codex", r"openai/codex-action", r"\bcodex\s+exec\b"),
    ),
    Agent(
        name="gemini",
        tool="gemini",
        about="Google's Gemini CLI",
        steps=_command_line(
            "npm install --global @google/gemini-cli@0.61.0",
            'gemini -p "Review this pull request."',
        ),
        marks=(r"@google/gemini-cli", r"run-gemini-cli", r"\bgemini\s+(-p|--prompt)\b"),
    ),
    Agent(
        name="aider",
        tool="aider",
        about="aider",
        steps=_command_line(
            "pipx install aider-chat==0.86.2",
            'aider --yes-always --message "Review this pull request."',
        ),
        marks=(r"\baider-chat\b", r"\baider\s+--"),
    ),
)
BY_NAME: Mapping[str, Agent] = {agent.name: agent for agent in AGENTS}


def agents_in(workflow: str) -> tuple[str, ...]:
    """The agents that a workflow's text mentions outside of its comments."""
    code = "\n".join(line for line in workflow.splitlines() if not line.lstrip().startswith("#"))
    return tuple(a.name for a in AGENTS if any(re.search(mark, code) for mark in a.marks))
