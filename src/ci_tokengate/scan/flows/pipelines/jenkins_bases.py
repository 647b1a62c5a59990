"""The base URLs that are in effect in the blocks of a Jenkinsfile, and whether all that runs in one leads to the proxy."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import accumulate

from ci_tokengate.scan.flows.names import base_of
from ci_tokengate.scan.flows.pipelines.bindings import Bound
from ci_tokengate.scan.flows.pipelines.groovy import Groovy
from ci_tokengate.scan.flows.place import File
from ci_tokengate.scan.flows.repository import Repository
from ci_tokengate.scan.flows.rules.base_urls import calls_proxy, has_base
from ci_tokengate.scan.flows.shell.script import read_script
from ci_tokengate.scan.flows.values import Kind as From
from ci_tokengate.scan.flows.values import Value

_ASSIGNED = re.compile(r"\b([A-Z][A-Z0-9_]*)\s*=\s*['\"]?([^'\"\s\]]+)")
_COMMENT = re.compile(r"^\s*#(?!!)")
"""In the shell; those of Groovy are gone before."""

_LASTS = re.compile(r"\benv\.$")
"""What is assigned to `env.X` holds from there on, in later stages, too."""

_INTERPOLATED = re.compile(r"\$\{(?:env\.)?([\w.]+)\}|\$(\w+)")


def assigned(file: File) -> dict[str, Value]:
    """What is assigned anywhere in it."""
    return {m[1]: (m[2],) for _, line in lines_of(file) for m in _ASSIGNED.finditer(line)}


def lines_of(file: File, groovy: Groovy | None = None) -> list[tuple[int, str]]:
    text = (groovy or Groovy("\n".join(file.lines))).text
    return [(n, line) for n, line in enumerate(text.split("\n"), 1) if not _COMMENT.match(line)]


class Bases:
    """The base URLs that are in effect in a block: its own, then those of the blocks around it."""

    def __init__(
        self, repo: Repository, file: File, groovy: Groovy, outer: Mapping[str, Value]
    ) -> None:
        self._repo, self._groovy, self._outer = repo, groovy, outer
        every = {**outer, **assigned(file)}
        self._starts = list(accumulate((len(line) + 1 for line in file.lines), initial=0))
        self._by_block: dict[int, dict[str, Value]] = defaultdict(dict)
        self._known: dict[int, Mapping[str, Value]] = {}
        self._judged: dict[tuple[int, str], bool] = {}
        self._calls: dict[int, bool] = {}
        self._scripts: dict[int, list[str]] = defaultdict(list)
        self._within: dict[int, dict[int, None]] = defaultdict(dict)
        for start, end in groovy.steps:
            inner = groovy.block(start)
            self._scripts[inner].append(groovy.text[start:end].replace("\\\\\n", " "))
            for around in groovy.around(inner):
                self._within[around][inner] = None
        for number, line in lines_of(file, groovy):
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

    def lead_to_proxy(self, key: Bound) -> bool:
        """Every step in the key's block has a base URL that is the proxy's, or one of them calls the proxy itself."""
        block = self._block(key.line, key.start)
        asked = block, key.whose
        if asked not in self._judged:
            within = self._within.get(block, {block: None})
            self._judged[asked] = all(
                has_base(self._at(inner), key.whose, self._repo) for inner in within
            ) or any(self._calls_proxy(inner) for inner in within)
        return self._judged[asked]

    def _calls_proxy(self, inner: int) -> bool:
        if inner not in self._calls:
            self._calls[inner] = any(
                calls_proxy(self._repo, read_script(text, {}, self._repo.sources))
                for text in self._scripts.get(inner, ())
            )
        return self._calls[inner]

    def _at(self, block: int) -> Mapping[str, Value]:
        if block not in self._known:
            env = dict(self._outer)
            for around in reversed(list(self._groovy.around(block))):
                env |= self._by_block.get(around, {})
            self._known[block] = env
        return self._known[block]

    def _block(self, line: int, start: int) -> int:
        return self._groovy.block(self._starts[line - 1] + start)
