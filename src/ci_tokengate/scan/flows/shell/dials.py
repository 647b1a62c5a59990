"""Which commands of a script dial a provider's host, and which only speak of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from ci_tokengate.scan.flows.agents.commands import PROGRAMS
from ci_tokengate.scan.flows.hosts import Endpoint, before, endpoints, in_prose, mentions_provider
from ci_tokengate.scan.flows.named import only_knows
from ci_tokengate.scan.flows.shell.dialled import (
    ALLOW,
    DIALS,
    SAYS,
    is_address,
    is_dialled,
    is_said,
    is_setting,
)
from ci_tokengate.scan.flows.shell.model import Ran, Script
from ci_tokengate.scan.flows.shell.words import expand
from ci_tokengate.scan.flows.values import Sources, Value

_CODE = re.compile(r"^(?:python[\d.]*|node|bun|deno|ruby|php|perl|tsx|ts-node)$")
_NO_CODE = SAYS | DIALS | PROGRAMS.keys()
"""Whatever has many lines among their arguments is no code."""

_COMMENT = re.compile(r"^\s*(?:#|//|\*|/\*|--)")
_PRINTS = re.compile(
    r"^\s*(?:print|console\.\w+|core\.(?:info|warning|error|notice|debug|setFailed|summary\w*)|puts|echo|raise|throw|assert|log(?:ger|ging)?\.\w+)\b"
)
_LISTED = re.compile(
    r"\b(?:acl|dstdomain|deny\w*|block\w*|reject|drop|allow\w*|server_name)\b", re.IGNORECASE
)
"""Before a host without a scheme: a firewall's list."""

_CALLS = re.compile(
    r"\b(?:requests|httpx|aiohttp|session|axios|got|http)\.\w+\(|\bfetch\(|\burlopen\(|\bbase_?url\s*[=:]",
    re.IGNORECASE,
)
"""A line that prints what a call answers is a call."""

_MOST_HITS = 200
"""In one argument; each is looked at with the whole of it."""

Hit = tuple[int, Endpoint, bool]
"""Line in the script from 0, the host, and whether it is surely called."""


def dials(
    script: Script, env: Mapping[str, Value], sources: Sources, allowed: frozenset[str]
) -> Iterator[Hit]:
    """One a command and host."""
    seen: set[tuple[int, str]] = set()
    env = {**env, **{name: value for _, name, value in script.sets}}
    for ran in script.ran:
        for line, hit, sure in _of(ran, allowed):
            if (line, hit.host) not in seen:
                seen.add((line, hit.host))
                yield line, hit, sure
        for hit in _by_variable(ran, env, sources, allowed):
            if not any(host == hit.host for _, host in seen):
                seen.add((ran.command.line, hit.host))
                yield ran.command.line, hit, True


def _by_variable(
    ran: Ran, env: Mapping[str, Value], sources: Sources, allowed: frozenset[str]
) -> Iterator[Endpoint]:
    """`curl "https://$HOST/v1"` with the host in the environment."""
    if ran.name in DIALS:
        for nth, arg in enumerate(ran.args):
            if "$" in arg and is_address(ran.args, nth):
                for text in expand(arg, env, sources):
                    yield from endpoints(text, allowed)


def _of(ran: Ran, allowed: frozenset[str]) -> Iterator[Hit]:
    line = ran.command.line
    for name, word in (*ran.started.sets, *(ran.started.container or ())):
        if word and not ALLOW.search(name):
            for hit in islice(endpoints(word, allowed), _MOST_HITS):
                if not is_said(f"={word}", hit._replace(start=hit.start + 1)):
                    yield line, hit, True
    body = "\n".join(("", *ran.command.heredoc.split("\n"))) if ran.command.heredoc else ""
    if body and mentions_provider(body.lower()):
        yield from _heredoc(ran, body, line, allowed)
    if ran.name:
        yield from _arguments(ran, line, allowed)


def _arguments(ran: Ran, line: int, allowed: frozenset[str]) -> Iterator[Hit]:
    for nth, arg in enumerate(ran.args):
        if not mentions_provider(arg.lower()):
            continue
        is_code = "\n" in arg and ran.name not in _NO_CODE
        if is_code or (_CODE.match(ran.name) and arg[:1] != "-"):
            for below, hit, sure in code_dials(arg, allowed):
                yield line + below, hit, sure
            continue
        for hit in islice(endpoints(arg, allowed), _MOST_HITS):
            dialled = is_dialled(ran, arg, hit, nth)
            if dialled is not None:
                yield line, hit, dialled


def _heredoc(ran: Ran, body: str, line: int, allowed: frozenset[str]) -> Iterator[Hit]:
    if (
        _CODE.match(ran.name)
        or any(is_setting(target) for target in ran.writes)
        or ran.name in DIALS
    ):
        for below, hit, sure in code_dials(body, allowed):
            yield line + below, hit, sure


def code_dials(text: str, allowed: frozenset[str]) -> Iterator[Hit]:
    """Lines of code or settings that are neither comments nor prints."""
    if not mentions_provider(text.lower()):
        return
    lines = text.split("\n")
    for nth, line in enumerate(lines):
        if _COMMENT.match(line) or (_PRINTS.match(line) and not _CALLS.search(line)):
            continue
        for hit in endpoints(line, allowed):
            text = before(line, hit.start)
            listed = not hit.is_url and _LISTED.search(text)
            if not (listed or in_prose(text) or only_knows(line, hit, lines, nth)):
                yield nth, hit, True
