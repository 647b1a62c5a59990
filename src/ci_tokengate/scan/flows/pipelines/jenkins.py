"""TG003 and TG004 in a Jenkinsfile, line by line: Groovy is not parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.hosts import before, endpoints
from ci_tokengate.scan.flows.names import PROXIES
from ci_tokengate.scan.flows.pipelines.bindings import Bound, bound
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.base_urls import has_base
from ci_tokengate.scan.flows.rules.handed import UNTOLD
from ci_tokengate.scan.flows.values import Value

_ASSIGNED = re.compile(r"\b([A-Z][A-Z0-9_]*)\s*=\s*['\"]?([^'\"\s\]]+)")
_COMMENT = re.compile(r"^\s*(?://|\*|/\*|#(?!!))")
_SAYS = re.compile(r"(?:^|[{;])\s*(?:sh\s*['\"(]+\s*)?(?:echo|println|error)\b[^;{}]*$")
_FIX = "Let `ci-tokengate run` give this stage a key of its own."


def check_jenkins(repo: Repository, file: File) -> Iterator[Finding]:
    lines = [(n, line) for n, line in enumerate(file.lines, 1) if not _COMMENT.match(line)]
    env: dict[str, Value] = {m[1]: (m[2],) for _, line in lines for m in _ASSIGNED.finditer(line)}
    keys = (_key(repo, file, key, env) for key in bound(lines))
    hosts = (hit for number, line in lines for hit in _hosts(repo, file, number, line))
    yield from (found for found in (*keys, *hosts) if found)


def _key(repo: Repository, file: File, key: Bound, env: dict[str, Value]) -> Finding | None:
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
