"""Which commands of a script dial a provider's host, and which only speak of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ci_tokengate.scan.flows.agents.commands import PROGRAMS
from ci_tokengate.scan.flows.hosts import Endpoint, endpoints, mentions_provider
from ci_tokengate.scan.flows.shell.model import Ran, Script
from ci_tokengate.scan.flows.shell.words import expand
from ci_tokengate.scan.flows.shell.writes import is_file
from ci_tokengate.scan.flows.values import Sources, Value

_SAYS = frozenset(
    {"echo", "printf", "cat", "grep", "egrep", "fgrep", "rg", "ag", "sed", "awk", "perl", "test", "[", "[[", "git", "gh", "dig",
     "nslookup", "host", "ping", "nc", "ncat", "telnet", "openssl", "iptables", "ip6tables", "ufw", "nft", "tee", "logger",
     "case", "for", "if", "while", "true", ":", "write-host", "write-output", "jq", "yq", "find", "ls", "traceroute", "getent",
     "ipset", "squid", "add-mask", "exit", "return", "read", "select-string", "cut", "tr", "sort", "diff", "cmp", "wc", "head",
     "tail", "resolvectl", "whois", "semgrep", "trufflehog", "gitleaks", "ci-tokengate"}
)  # fmt: skip
_DIALS = frozenset({"curl", "wget", "http", "https", "httpie", "xh", "xhs", "invoke-webrequest", "invoke-restmethod", "iwr", "irm",
                    "hey", "ab", "wrk", "vegeta", "websocat", "grpcurl", "aria2c", "hurl"})  # fmt: skip
_ALLOW = re.compile(
    r"allow|hosts?$|no_proxy|deny|block|domains?$|docs?(?:_|$)|egress|prompt|message|body|msg",
    re.IGNORECASE,
)
_CONFIG = re.compile(
    r"(?:\.env(?:\.\w+)?|\.(?:toml|json|jsonc|ya?ml|ini|conf|cfg|py|js|mjs|ts|sh|bashrc|profile|zshrc))$"
)
_CODE = re.compile(r"^(?:python[\d.]*|node|bun|deno|ruby|php|perl|tsx|ts-node)$")
_COMMENT = re.compile(r"^\s*(?:#|//|\*|/\*|--)")
_PRINTS = re.compile(
    r"^\s*(?:print|console\.\w+|core\.(?:info|warning|error|notice|debug|setFailed|summary\w*)|puts|echo|raise|throw|assert|log(?:ger|ging)?\.\w+)\b"
)
_LOOKED_AT = 40
"""Options are looked for among a command's first arguments."""

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
    if ran.name in _DIALS:
        for arg in ran.args:
            if "$" in arg and not mentions_provider(arg.lower()):
                for text in expand(arg, env, sources):
                    yield from endpoints(text, allowed)


def _of(ran: Ran, allowed: frozenset[str]) -> Iterator[Hit]:
    line = ran.command.line
    for name, word in ran.started.sets:
        if not _ALLOW.search(name):
            for hit in endpoints(word, allowed):
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
        is_code = "\n" in arg and ran.name not in _SAYS and ran.name not in PROGRAMS
        if _CODE.match(ran.name) or is_code:
            for below, hit, sure in code_dials(arg, allowed):
                yield line + below, hit, sure
            continue
        for hit in endpoints(arg, allowed):
            dialled = _is_dialled(ran, arg, hit, nth)
            if dialled is not None:
                yield line, hit, dialled


def _heredoc(ran: Ran, body: str, line: int, allowed: frozenset[str]) -> Iterator[Hit]:
    if (
        _CODE.match(ran.name)
        or any(_is_setting(target) for target in ran.writes)
        or ran.name in _DIALS
    ):
        for below, hit, sure in code_dials(body, allowed):
            yield line + below, hit, sure


def _is_setting(target: str) -> bool:
    return is_file(target, "GITHUB_ENV") or bool(_CONFIG.search(target))


def _is_dialled(ran: Ran, arg: str, hit: Endpoint, nth: int) -> bool | None:
    """True for surely, False for perhaps, None for a command that only speaks of it."""
    name = ran.name
    if name in ("export", "declare", "setx", "set", "local", "readonly", "typeset"):
        return None if _ALLOW.search(arg.partition("=")[0]) else True
    if name in _DIALS:
        before = ran.args[nth - 1] if nth else ""
        return (
            None
            if before
            in (
                "-H",
                "--header",
                "-d",
                "--data",
                "--data-raw",
                "-A",
                "--resolve",
                "-e",
                "--referer",
            )
            else True
        )
    if name in _SAYS:
        return (
            True
            if any(_is_setting(target) for target in ran.writes)
            and name in ("echo", "printf", "tee", "jq", "yq")
            else None
        )
    if (
        any(
            word in ran.args[:_LOOKED_AT]
            for word in ("--prompt", "-p", "--print", "--message", "-m", "exec")
        )
        and " " in arg.strip()
    ):
        return None if not arg.startswith("-") and "base_url" not in arg else True
    before = ran.args[nth - 1] if nth else ""
    text = f"{before} {arg}"
    if _ALLOW.search(text.partition("=")[0].rpartition("-")[2]) and not hit.is_url:
        return None
    if re.search(
        r"base|url|endpoint|host|server|api", before + arg.partition("=")[0], re.IGNORECASE
    ) and before.startswith("-") | ("=" in arg):
        return True
    return (not re.search(r"\s", arg.strip()) or None) if hit.is_url else None


def code_dials(text: str, allowed: frozenset[str]) -> Iterator[Hit]:
    """Lines of code or settings that are neither comments nor prints."""
    if not mentions_provider(text.lower()):
        return
    for nth, line in enumerate(text.split("\n")):
        if _COMMENT.match(line) or _PRINTS.match(line):
            continue
        for hit in endpoints(line, allowed):
            yield nth, hit, True
