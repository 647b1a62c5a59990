"""TG003 and TG004 in a Jenkinsfile, line by line: Groovy is not parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.hosts import before, endpoints
from ci_tokengate.scan.flows.names import PROXIES, key_of
from ci_tokengate.scan.flows.pipelines.includes import HINTS
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.base_urls import has_base
from ci_tokengate.scan.flows.values import Value

_CREDENTIALS = re.compile(r"\b(\w+)\s*=\s*credentials\(\s*['\"]([^'\"]+)['\"]")
_BINDING = re.compile(r"credentialsId\s*:\s*['\"]([^'\"]+)['\"][^()\n]{0,200}?\b(?:variable|passwordVariable)\s*:\s*['\"](\w+)['\"]"
                      r"|variable\s*:\s*['\"](\w+)['\"]\s*,\s*credentialsId\s*:\s*['\"]([^'\"]+)['\"]")  # fmt: skip
_ASSIGNED = re.compile(r"\b([A-Z][A-Z0-9_]*)\s*=\s*['\"]?([^'\"\s\]]+)")
_LOAD = re.compile(r"\b(?:load|readTrusted)\b\s*\(?\s*['\"]([^'\"\n]{1,300})['\"]")
_WORKSPACE = re.compile(r"^\$\{?(?:env\.)?WORKSPACE\}?/")
_LIBRARY = re.compile(
    r"(?:@Library\(\s*\[?|\blibrary\b\s*\(?\s*(?:identifier\s*:\s*)?)['\"]([^'\"\n]{1,200})['\"]"
)
_COMMENT = re.compile(r"^\s*(?://|\*|/\*|#(?!!))")
_SAYS = re.compile(r"(?:^|[{;])\s*(?:sh\s*['\"(]+\s*)?(?:echo|println|error)\b[^;{}]*$")
_FIX = "Let `ci-tokengate run` give this stage a key of its own."


def loads(file: File) -> Iterator[tuple[int, int, str]]:
    """Line, column and path of each `load`; the path is empty where only the run knows it."""
    for number, line in _lines(file):
        for match in _LOAD.finditer(line):
            path = _WORKSPACE.sub("", match[1]).removeprefix("./")
            yield number, match.start(1) + 1, "" if "$" in path else path


def libraries(file: File) -> Iterator[tuple[int, int, str]]:
    """Those that are named for models or agents."""
    for number, line in _lines(file):
        for match in _LIBRARY.finditer(line):
            if HINTS.search(match[1]):
                yield number, match.start(1) + 1, match[1]


def assigned(file: File) -> dict[str, Value]:
    """What is assigned anywhere in it."""
    return {m[1]: (m[2],) for _, line in _lines(file) for m in _ASSIGNED.finditer(line)}


def _lines(file: File) -> list[tuple[int, str]]:
    return [(n, line) for n, line in enumerate(file.lines, 1) if not _COMMENT.match(line)]


def check_jenkins(
    repo: Repository, file: File, outer: Mapping[str, Value] | None = None
) -> Iterator[Finding]:
    """outer: what those that load it have assigned."""
    lines = _lines(file)
    env = {**(outer or {}), **assigned(file)}
    for number, line in lines:
        for found in (*_keys(repo, file, number, line, env), *_hosts(repo, file, number, line)):
            if found:
                yield found


def _keys(
    repo: Repository, file: File, number: int, line: str, env: Mapping[str, Value]
) -> Iterator[Finding | None]:
    pairs = [(m[1], m[2], m.start(1)) for m in _CREDENTIALS.finditer(line)]
    pairs += [(m[2] or m[3], m[1] or m[4], m.start()) for m in _BINDING.finditer(line)]
    for variable, credential, start in pairs:
        whose = key_of(variable) or key_of(credential)
        if not whose:
            continue
        proxied = whose in PROXIES or has_base(env, whose, repo)
        says = "is a long-lived key of the proxy where a job key belongs" if proxied else (
            "is a provider's long-lived secret, with no proxy base URL in effect"
        )  # fmt: skip
        yield file.finding(
            "TG003", Level.WARNING if proxied else Level.ERROR, (number, start + 1), len(variable),
            f"`{variable}` {says}.", evidence=variable, fix=_FIX, provider=whose,
        )  # fmt: skip


def _hosts(repo: Repository, file: File, number: int, line: str) -> Iterator[Finding | None]:
    for hit in endpoints(line.partition(" // ")[0], repo.allowed):
        if _SAYS.search(before(line, hit.start)):
            continue
        yield file.finding(
            "TG004", Level.ERROR, (number, hit.start + 1), hit.end - hit.start, f"This line calls {hit.host} directly, past the proxy.",
            evidence=hit.host, fix="Let the base URL be the proxy's.", provider=hit.provider,
        )  # fmt: skip
