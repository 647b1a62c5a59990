"""TG003 and TG004 in a Jenkinsfile, line by line: Groovy is not parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.hosts import before, endpoints
from ci_tokengate.scan.flows.names import PROXIES, key_of
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.base_urls import has_base
from ci_tokengate.scan.flows.values import Value

_CREDENTIALS = re.compile(r"\b(\w+)\s*=\s*credentials\(\s*['\"]([^'\"]+)['\"]")
_BINDING = re.compile(r"credentialsId\s*:\s*['\"]([^'\"]+)['\"][^()\n]{0,200}?\b(?:variable|passwordVariable)\s*:\s*['\"](\w+)['\"]"
                      r"|variable\s*:\s*['\"](\w+)['\"]\s*,\s*credentialsId\s*:\s*['\"]([^'\"]+)['\"]")  # fmt: skip
_ASSIGNED = re.compile(r"\b([A-Z][A-Z0-9_]*)\s*=\s*['\"]?([^'\"\s\]]+)")
_COMMENT = re.compile(r"^\s*(?://|\*|/\*|#(?!!))")
_SAYS = re.compile(r"(?:^|[{;])\s*(?:sh\s*['\"(]+\s*)?(?:echo|println|error)\b[^;{}]*$")
_FIX = "Let `ci-tokengate run` give this stage a key of its own."


def check_jenkins(repo: Repository, file: File) -> Iterator[Finding]:
    lines = [(n, line) for n, line in enumerate(file.lines, 1) if not _COMMENT.match(line)]
    env: dict[str, Value] = {m[1]: (m[2],) for _, line in lines for m in _ASSIGNED.finditer(line)}
    for number, line in lines:
        for found in (*_keys(repo, file, number, line, env), *_hosts(repo, file, number, line)):
            if found:
                yield found


def _keys(
    repo: Repository, file: File, number: int, line: str, env: dict[str, Value]
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
