"""TG003 and TG004 in a Jenkinsfile, line by line: Groovy is not parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.hosts import before, endpoints
from ci_tokengate.scan.flows.names import PROXIES
from ci_tokengate.scan.flows.pipelines.bindings import Bound, bound
from ci_tokengate.scan.flows.pipelines.includes import HINTS
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.base_urls import has_base
from ci_tokengate.scan.flows.rules.handed import UNTOLD
from ci_tokengate.scan.flows.values import Value

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
    keys = (_key(repo, file, key, env) for key in bound(lines))
    hosts = (hit for number, line in lines for hit in _hosts(repo, file, number, line))
    yield from (found for found in (*keys, *hosts) if found)


def _key(repo: Repository, file: File, key: Bound, env: Mapping[str, Value]) -> Finding | None:
    proxied = key.whose in PROXIES or has_base(env, key.whose, repo)
    level = Level.WARNING if proxied else Level.ERROR
    says = "is a long-lived key of the proxy where a job key belongs" if proxied else (
        "is a provider's long-lived secret, with no proxy base URL in effect"
    )  # fmt: skip
    if not key.sure:
        level, says = Level.NOTE, UNTOLD
    return file.finding(
        "TG003", level, (key.line, key.start + 1), len(key.variable), f"`{key.variable}` {says}.",
        evidence=key.variable, fix=_FIX, provider=key.whose,
    )  # fmt: skip


def _hosts(repo: Repository, file: File, number: int, line: str) -> Iterator[Finding | None]:
    for hit in endpoints(line.partition(" // ")[0], repo.allowed):
        if _SAYS.search(before(line, hit.start)):
            continue
        yield file.finding(
            "TG004", Level.ERROR, (number, hit.start + 1), hit.end - hit.start, f"This line calls {hit.host} directly, past the proxy.",
            evidence=hit.host, fix="Let the base URL be the proxy's.", provider=hit.provider,
        )  # fmt: skip
