"""Where providers answer model calls. Documentation, consoles, status pages and downloads are other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ci_tokengate.scan.flows.host_table import ENDINGS, EXACT, LITERALS, PATHS

_BEDROCK = re.compile(
    r"bedrock(?:-agent)?-(?:runtime|mantle)(?:-fips)?\.[^.]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$"
)
_LABEL = r"(?:[\w$\-\U000F0000-\U000FFFFD]|\{{1,2}[\w.\-]{0,80}\}{1,2}){1,80}"
"""A part of a host's name; also `${REGION}`, `{region}`, and what stands for an unknown value. A brace of what is around it is none: `${URL:-https://host}`."""

_HOST = re.compile(
    rf"(?P<scheme>\b(?i:https?|wss?)(?:://|%3A%2F%2F|:\\/\\/))?"
    rf"(?<![\w.\-])(?P<host>{_LABEL}(?:\.{_LABEL})+)(?P<port>:\d+)?(?P<path>/[^\s\"'`<>]*)?"
)
_TOP = re.compile(r"\.(?:ai|co|cn|io|us|xyz|chat|net|run|cloud|aws|api)")


class Endpoint(NamedTuple):
    """A provider's host in a text: `start` and `end` are of the whole URL in it."""

    provider: str
    host: str
    start: int
    end: int
    is_url: bool


def provider_of(host: str, path: str = "/") -> str:
    """The provider that answers model calls at this host, "" if none does."""
    host = host.lower()
    if host in EXACT:
        return EXACT[host]
    if host in PATHS:
        below, provider = PATHS[host]
        return provider if path.startswith(below) else ""
    for ending, provider in ENDINGS:
        if host.endswith(ending):
            return provider
    return "bedrock" if _BEDROCK.match(host) else ""


def answers_as(host: str) -> str:
    """The provider whose models a host answers for on any path, "" if it is nobody's."""
    path, _ = PATHS.get(host.lower(), ("/", ""))
    return provider_of(host, path)


_PROSE = re.compile(r"\w\W*\s")
_COMMAND = re.compile(
    r"\b(?:curl|wget|http|https|POST|GET|PUT)\b|(?:url|uri|host|base)\s*$|[=:]\s*$|(?:^|\s)-\S*\s*$",
    re.IGNORECASE,
)


_ASKED = 400


def before(line: str, start: int) -> str:
    """What stands in a line before a host, as far as anybody asks: a line may be a hundred megabytes of hosts."""
    return line[max(0, start - _ASKED) : start]


def in_prose(before: str) -> bool:
    """Whether a host stands in a string after other words: `"See https://…"`."""
    own = before[max(before.rfind('"'), before.rfind("'"), before.rfind("`")) + 1 :]
    return len(own) < len(before) and bool(_PROSE.search(own)) and not _COMMAND.search(own)


def mentions_provider(text: str) -> bool:
    """A cheap first look at a text in lower case: whether `endpoints` could find anything."""
    if "." not in text or not _TOP.search(text):
        return False
    return any(literal in text for literal in LITERALS)


def endpoints(text: str, allowed: frozenset[str] = frozenset()) -> Iterator[Endpoint]:
    """Every provider's host in the text but the allowed ones."""
    low = text.lower()
    if not mentions_provider(low):
        return
    for match in _HOST.finditer(text):
        host = match["host"].lower()
        if host in allowed:
            continue
        provider = provider_of(host, match["path"] or "/")
        if provider:
            yield Endpoint(provider, host, match.start(), match.end(), bool(match["scheme"]))
