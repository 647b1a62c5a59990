"""The tools there are, choosing among them by name, and their common wiring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from ci_tokengate.core.tools.model import Access, Wiring
from ci_tokengate.core.tools.table.aider import AIDER
from ci_tokengate.core.tools.table.anthropic import ANTHROPIC
from ci_tokengate.core.tools.table.claude_code import CLAUDE_CODE
from ci_tokengate.core.tools.table.codex import CODEX
from ci_tokengate.core.tools.table.copilot import COPILOT
from ci_tokengate.core.tools.table.gemini import GEMINI
from ci_tokengate.core.tools.table.google_genai import GOOGLE_GENAI
from ci_tokengate.core.tools.table.langchain import LANGCHAIN
from ci_tokengate.core.tools.table.litellm import LITELLM
from ci_tokengate.core.tools.table.openai import OPENAI
from ci_tokengate.core.tools.table.opencode import OPENCODE
from ci_tokengate.core.tools.table.qwen_code import QWEN_CODE
from ci_tokengate.core.tools.tool import Tool
from ci_tokengate.core.tools.unproxied import UNPROXIED
from ci_tokengate.errors import UsageError

AUTO = "auto"
TOOLS: tuple[Tool, ...] = (
    CLAUDE_CODE,
    CODEX,
    GEMINI,
    COPILOT,
    OPENCODE,
    QWEN_CODE,
    AIDER,
    OPENAI,
    ANTHROPIC,
    GOOGLE_GENAI,
    LANGCHAIN,
    LITELLM,
)
"""All of them agree on every variable they share (a test says so), so `auto` is all of them."""

_BY_NAME: Mapping[str, Tool] = {name: t for t in TOOLS for name in (t.name, *t.aliases)}


def select(names: Sequence[str]) -> tuple[Tool, ...]:
    """The tools of these names, in the table's order; `auto` is all that can be wired together."""
    wanted = [name.strip().lower() for name in names if name.strip()]
    if not wanted:
        raise UsageError("No tool is named.", hint=_choice())
    chosen = {tool.name for name in wanted for tool in _named(name)}
    return tuple(tool for tool in TOOLS if tool.name in chosen)


def wire(tools: Sequence[Tool], access: Access) -> Wiring:
    """What to set for all these tools together."""
    _check(access)
    env: dict[str, tuple[str, str]] = {}
    files: dict[str, tuple[str, str]] = {}
    for tool in tools:
        wiring = tool.wiring(access)
        _merge(env, wiring.env, tool.name, "the variable")
        _merge(files, wiring.files, tool.name, "the file")
    return Wiring(
        env={name: value for name, (value, _) in env.items()},
        files={path: text for path, (text, _) in files.items()},
    )


def _named(name: str) -> Sequence[Tool]:
    if name == AUTO:
        return TOOLS
    if name in UNPROXIED:
        raise UsageError(
            f"The tool {name!r} cannot be brought to the proxy: {UNPROXIED[name]}",
            hint="Take it out of `tools`; its cost is not metered here.",
        )
    if name not in _BY_NAME:
        near = get_close_matches(name, [AUTO, *_BY_NAME], n=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"There is no tool {name!r}.{meant}", hint=_choice())
    return (_BY_NAME[name],)


def _choice() -> str:
    return f"Tools: {AUTO}, {', '.join(tool.name for tool in TOOLS)}."


def _check(access: Access) -> None:
    if not access.models:
        raise UsageError(
            "No model is named, so no tool can be told which to ask for.",
            hint="List the use case's `models` in the policy.",
        )


def _merge(into: dict[str, tuple[str, str]], new: Mapping[str, str], tool: str, what: str) -> None:
    for name, value in new.items():
        known, owner = into.setdefault(name, (value, tool))
        if known != value:
            raise UsageError(
                f"The tools {owner!r} and {tool!r} need different values of {what} {name}.",
                hint="Wire one of them per job.",
            )
