"""Lines of code that hold a provider's host to know it, not to call it: comparisons, and lists of hosts."""

from __future__ import annotations

import re

from ci_tokengate.scan.flows.hosts import Endpoint, before

_ASKED = 400
_COMPARED = re.compile(
    r"(?:\b(?:starts_?with|ends_?with|start_with\?|end_with\?|has_?prefix|has_?suffix|includes?\??|contains?|index_?of|equals\w*"
    r"|matche?s?\??|full_?match|assert\w*|is_?equal|to_?equal|to_?contain|to_?be)\s*\([^()=]{0,60}"
    r"|[=!]==?\s*|=~\s*|!~\s*|\bin\s*[\[({]\s*(?:[\"'][^\"']*[\"']\s*,\s*)*)[\"'`/]?(?:https?://)?$",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile(r"^[^\s\"'`]*[\"'`]\s*(?:[=!]==?|(?:not\s+)?in\s)")
_LISTED = re.compile(
    r"(?:^|[\W_])\w*(?:deny|denied|block|forbid|banned|disallow|reject|allow|trust|permit|exclu|ignor|known|egress)\w*"
    r"[^=:\n]{0,80}[=:](?![=:]).{0,200}$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*[\"'`](?:\*\.)?$")
_ITEM_ENDS = re.compile(r"^[\"'`]\s*(?:[,:)\]}]|#|//|$)")


def only_knows(code: str, hit: Endpoint) -> bool:
    """Whether the line compares with the host, or has it in a list of hosts."""
    text, rest = before(code, hit.start), code[hit.end : hit.end + _ASKED]
    if _COMPARED.search(text) or _ASKED_FOR.match(rest):
        return True
    if hit.is_url:
        return False
    return bool(_LISTED.search(text) or (_ITEM.match(text) and _ITEM_ENDS.match(rest)))
