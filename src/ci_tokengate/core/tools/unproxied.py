"""Tools that no wiring brings to the proxy, and why: named so that they are refused with a reason, not as unknown."""

from __future__ import annotations

from collections.abc import Mapping

_CURSOR = "Cursor's agent talks to Cursor's own servers only and cannot be given another address."
_SEAT = "it is billed by seat at its vendor and takes no address or key of yours."

UNPROXIED: Mapping[str, str] = {
    "cursor": _CURSOR,
    "cursor-agent": _CURSOR,
    "bugbot": _SEAT,
    "coderabbit": _SEAT,
    "copilot-coding-agent": "it is billed by seat; only the Copilot CLI takes a provider of its own (tool `copilot`).",
    "claude-code-security-review": "the action takes a key (`claude-api-key`) but no address, so it would call"
    " api.anthropic.com.",
}
