"""TG003 and TG004 in a Jenkinsfile, line by line: Groovy is not parsed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import accumulate

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.hosts import before, endpoints
from ci_tokengate.scan.flows.names import PROXIES, base_of
from ci_tokengate.scan.flows.pipelines.bindings import Bound, bound
from ci_tokengate.scan.flows.pipelines.groovy import Groovy
from ci_tokengate.scan.flows.pipelines.includes import HINTS
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.base_urls import has_base
from ci_tokengate.scan.flows.rules.handed import UNTOLD
from ci_tokengate.scan.flows.rules.tg004 import NO_SETTING
from ci_tokengate.scan.flows.values import Kind as From
from ci_tokengate.scan.flows.values import Value

_ASSIGNED = re.compile(r"\b([A-Z][A-Z0-9_]*)\s*=\s*['\"]?([^'\"\s\]]+)")
_LOAD = re.compile(r"\b(?:load|readTrusted)\b\s*\(?\s*['\"]([^'\"\n]{1,300})['\"]")
_WORKSPACE = re.compile(r"^\$\{?(?:env\.)?WORKSPACE\}?/")
_LIBRARY = re.compile(
    r"(?:@Library\(\s*\[?|\blibrary\b\s*\(?\s*(?:identifier\s*:\s*)?)['\"]([^'\"\n]{1,200})['\"]"
)
_COMMENT = re.compile(r"^\s*#(?!!)")
"""In the shell; those of Groovy are gone before."""

_LASTS = re.compile(r"\benv\.$")
"""What is assigned to `env.X` holds from there on, in later stages, too."""

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


def _lines(file: File, groovy: Groovy | None = None) -> list[tuple[int, str]]:
    text = (groovy or Groovy("\n".join(file.lines))).text
    return [(n, line) for n, line in enumerate(text.split("\n"), 1) if not _COMMENT.match(line)]


_INTERPOLATED = re.compile(r"\$\{(?:env\.)?([\w.]+)\}|\$(\w+)")


class _Bases:
    """The base URLs that are in effect where a key is: those of the blocks around it, the innermost first."""

    def __init__(
        self, repo: Repository, file: File, groovy: Groovy, outer: Mapping[str, Value]
    ) -> None:
        self._repo, self._groovy, self._outer = repo, groovy, outer
        every = {**outer, **assigned(file)}
        self._starts = list(accumulate((len(line) + 1 for line in file.lines), initial=0))
        self._by_block: dict[int, dict[str, Value]] = defaultdict(dict)
        self._known: dict[int, Mapping[str, Value]] = {}
        for number, line in _lines(file, groovy):
            for match in _ASSIGNED.finditer(line):
                if base_of(match[1]):
                    lasts = _LASTS.search(line, max(0, match.start() - 9), match.start())
                    block = 0 if lasts else self._block(number, match.start())
                    self._by_block[block][match[1]] = (self._filled(match[2], every),)

    def _filled(self, text: str, every: Mapping[str, Value]) -> str:
        """`${NAME}/v1` with what is assigned to the name; of any other only the run knows."""

        def value(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            known = every.get(name, ("$",))[0]
            return known if "$" not in known else self._repo.sources.char(From.OTHER, name)

        return _INTERPOLATED.sub(value, text)

    def at(self, line: int, start: int) -> Mapping[str, Value]:
        block = self._block(line, start)
        if block not in self._known:
            env = dict(self._outer)
            for around in reversed(list(self._groovy.around(block))):
                env |= self._by_block.get(around, {})
            self._known[block] = env
        return self._known[block]

    def _block(self, line: int, start: int) -> int:
        return self._groovy.block(self._starts[line - 1] + start)


def check_jenkins(
    repo: Repository, file: File, outer: Mapping[str, Value] | None = None
) -> Iterator[Finding]:
    """outer: what those that load it have assigned."""
    groovy = Groovy("\n".join(file.lines))
    lines = _lines(file, groovy)
    bases = _Bases(repo, file, groovy, outer or {})
    keys = (_key(repo, file, key, bases.at(key.line, key.start)) for key in bound(lines))
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
    for hit in endpoints(line, repo.allowed):
        text = before(line, hit.start)
        name = _NAMED.search(text)
        if _SAYS.search(text) or (name and NO_SETTING.search(name[1])):
            continue
        yield file.finding(
            "TG004", Level.ERROR, (number, hit.start + 1), hit.end - hit.start, f"This line calls {hit.host} directly, past the proxy.",
            evidence=hit.host, fix="Let the base URL be the proxy's.", provider=hit.provider,
        )  # fmt: skip
