"""Lines of code that hold a provider's host to know it, not to call it: comparisons, and lists of hosts."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


_DIALS = re.compile(
    r"(?:connection|connect|dial|request|fetch|open|socket|session|client|getenv|environ\.get|(?:with|set)_?(?:host|endpoint|base)|Uri)"
    r"\w{0,20}\s*\($",
    re.IGNORECASE,
)
"""The call that a line opens, of which a host below is an argument."""

_ABOVE = 20


def only_knows(code: str, hit: Endpoint, lines: Sequence[str], nth: int) -> bool:
    """Whether the line compares with the host, or has it in a list of hosts. It is one of these lines, counted from 0."""
    text, rest = before(code, hit.start), code[hit.end : hit.end + _ASKED]
    if _COMPARED.search(text) or _ASKED_FOR.match(rest):
        return True
    if hit.is_url:
        return False
    if _LISTED.search(text):
        return True
    return bool(_ITEM.match(text) and _ITEM_ENDS.match(rest)) and not _is_argument(lines, nth)


def _is_argument(lines: Sequence[str], nth: int) -> bool:
    """Whether the brackets that a line stands in are those of a call that dials."""
    for line in reversed(lines[max(nth - _ABOVE, 0) : nth]):
        opened = line[-_ASKED:].rstrip()
        if opened.endswith("("):
            return bool(_DIALS.search(opened)) and not _LISTED.search(f"{opened}=")
        if not opened.endswith((",", '"', "'")):
            return False
    return False
