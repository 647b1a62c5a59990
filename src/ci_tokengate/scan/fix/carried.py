"""Which secrets the gate can replace, and which of its tools then carries the job key."""

from __future__ import annotations

from functools import cache

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.registry import TOOLS, wire
from ci_tokengate.scan.flows.github.model import Entry
from ci_tokengate.scan.flows.names import PROXIES, key_of
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.values import Kind
from ci_tokengate.scan.flows.yaml import Scalar

_SDKS = {"anthropic": "anthropic", "openai": "openai", "google-gemini": "google-genai"}
_KEY = "sk-the-job-key"
OAUTH = "claude_code_oauth_token"
"""An input of Claude Code's actions that the job key takes the place of, under another name."""


def tool_of(name: str) -> str:
    """The tool that carries the key which a variable or an input of this name holds; "" if none does."""
    whose = key_of(name)
    if not whose or "OAUTH" in name.upper():
        return ""
    by_name = _variables().get(name, "")
    return by_name if whose in PROXIES else _SDKS.get(whose, "") or by_name


def is_replaceable(repo: Repository, entry: Entry) -> bool:
    """A long-lived secret in a variable or an input that a wired tool reads."""
    if not tool_of(entry.name) or not isinstance(entry.node, Scalar):
        return False
    return repo.sources.has(entry.value, Kind.SECRET, Kind.VAR)


@cache
def _variables() -> dict[str, str]:
    """Variable → the first tool that puts the job key there."""
    access = Access(root="https://proxy.invalid", key=_KEY, models=("m",), folder="/nowhere")
    found: dict[str, str] = {}
    for tool in TOOLS:
        for name, value in wire([tool], access).env.items():
            if value == _KEY:
                found.setdefault(name, tool.name)
    return found
