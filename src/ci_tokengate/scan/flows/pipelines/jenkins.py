"""TG003 and TG004 in a Jenkinsfile, line by line: Groovy is not parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.hosts import before, endpoints
from ci_tokengate.scan.flows.names import PROXIES
from ci_tokengate.scan.flows.pipelines.bindings import Bound, bound
from ci_tokengate.scan.flows.pipelines.groovy import Groovy
from ci_tokengate.scan.flows.pipelines.includes import HINTS
from ci_tokengate.scan.flows.pipelines.jenkins_bases import Bases, lines_of
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.handed import UNTOLD
from ci_tokengate.scan.flows.rules.tg004 import NO_SETTING
from ci_tokengate.scan.flows.values import Value

_LOAD = re.compile(r"\b(?:load|readTrusted)\b\s*\(?\s*['\"]([^'\"\n]{1,300})['\"]")
_WORKSPACE = re.compile(r"^\$\{?(?:env\.)?WORKSPACE\}?/")
_LIBRARY = re.compile(
    r"(?:@Library\(\s*\[?|\blibrary\b\s*\(?\s*(?:identifier\s*:\s*)?)['\"]([^'\"\n]{1,200})['\"]"
)
_SAYS = re.compile(
    r"(?:^|[{;]|&&|\|\|)\s*(?:(?:sh|bat|pwsh|powershell)\s*['\"(]+\s*)?(?:(?:if|elif|while|until|!)\s+)*"
    r"(?:echo|printf|println?|error|unstable|warnError|catchError|input|mail|emailext|\w+Send|(?:git\s+|[ef])?grep|rg|nslookup|dig|ping|Write-(?:Host|Output))\b"
    r"[^;{}&|]*$"
)
"""Commands and steps that say something, or look for it."""

_NAMED = re.compile(r"\b(\w+)\s*[:=]\s*['\"]+[^'\"]*$")
"""The argument or variable that a text is given to."""
_FIX = "Let `ci-tokengate run` give this stage a key of its own."


def loads(file: File) -> Iterator[tuple[int, int, str]]:
    """Line, column and path of each `load`; the path is empty where only the run knows it."""
    for number, line in lines_of(file):
        for match in _LOAD.finditer(line):
            path = _WORKSPACE.sub("", match[1]).removeprefix("./")
            yield number, match.start(1) + 1, "" if "$" in path else path


def libraries(file: File) -> Iterator[tuple[int, int, str]]:
    """Those that are named for models or agents."""
    for number, line in lines_of(file):
        for match in _LIBRARY.finditer(line):
            if HINTS.search(match[1]):
                yield number, match.start(1) + 1, match[1]


def check_jenkins(
    repo: Repository, file: File, outer: Mapping[str, Value] | None = None
) -> Iterator[Finding]:
    """outer: what those that load it have assigned."""
    groovy = Groovy("\n".join(file.lines))
    lines = lines_of(file, groovy)
    bases = Bases(repo, file, groovy, outer or {})
    keys = (_key(file, key, proxied=bases.lead_to_proxy(key)) for key in bound(lines))
    hosts = (hit for number, line in lines for hit in _hosts(repo, file, number, line))
    yield from (found for found in (*keys, *hosts) if found)


def _key(file: File, key: Bound, *, proxied: bool) -> Finding | None:
    proxied = proxied or key.whose in PROXIES
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
    for hit in endpoints(line, repo.allowed):
        text = before(line, hit.start)
        name = _NAMED.search(text)
        if _SAYS.search(text) or (name and NO_SETTING.search(name[1])):
            continue
        yield file.finding(
            "TG004", Level.ERROR, (number, hit.start + 1), hit.end - hit.start, f"This line calls {hit.host} directly, past the proxy.",
            evidence=hit.host, fix="Let the base URL be the proxy's.", provider=hit.provider,
        )  # fmt: skip
