"""Which variables of a Jenkinsfile hold a credential, and which are filled from one of those."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ci_tokengate.scan.flows.names import key_of

_CREDENTIALS = re.compile(r"\b(\w+)\s*=\s*credentials\(\s*['\"]([^'\"]+)['\"]")
_BINDING = re.compile(r"credentialsId\s*:\s*['\"]([^'\"]+)['\"][^()\n]{0,200}?\b(?:variable|passwordVariable)\s*:\s*['\"](\w+)['\"]"
                      r"|variable\s*:\s*['\"](\w+)['\"]\s*,\s*credentialsId\s*:\s*['\"]([^'\"]+)['\"]")  # fmt: skip
_ALONE = re.compile(r"\b(?:variable|passwordVariable|envVar)\s*:\s*['\"](\w+)['\"]")
"""On a line of its own, or in `withVault`, which names no credential."""

_FILLED = re.compile(
    r"\b([A-Z][A-Z0-9_]*)\s*=\s*[\"']?\$\{?(?:env\.)?([A-Za-z_]\w*)|\benv\.(\w+)\s*=\s*(?:env\.)?([A-Za-z_]\w*)\s*$"
)
_MINTED = re.compile(r"\b(\w+)\s*=\s*[^=\n]*\bci-tokengate\b")


class Bound(NamedTuple):
    """sure: whether it holds a credential; otherwise only the run knows."""

    line: int
    start: int
    variable: str
    whose: str
    sure: bool


def bound(lines: Sequence[tuple[int, str]]) -> Iterator[Bound]:
    """Each provider's key once where it comes in, and again where a variable with a key's name is filled from another."""
    minted = {m[1] for _, line in lines for m in _MINTED.finditer(line)}
    held: set[str] = set()
    told: set[str] = set()
    for number, line in lines:
        for variable, credential, start in _credentials(line):
            held.add(variable)
            if whose := key_of(variable) or key_of(credential):
                told.add(variable)
                yield Bound(number, start, variable, whose, True)
        for match in _FILLED.finditer(line):
            variable, source = match[1] or match[3], match[2] or match[4]
            if (whose := key_of(variable)) and source not in told | minted:
                told.add(variable)
                start = match.start(1) if match[1] else match.start(3)
                yield Bound(number, start, variable, whose, source in held)


def _credentials(line: str) -> Iterator[tuple[str, str, int]]:
    """Variable, credential and column."""
    pairs = [(m[1], m[2], m.start(1)) for m in _CREDENTIALS.finditer(line)]
    pairs += [(m[2] or m[3], m[1] or m[4], m.start()) for m in _BINDING.finditer(line)]
    known = {variable for variable, _, _ in pairs}
    yield from pairs
    for match in _ALONE.finditer(line):
        if match[1] not in known:
            yield match[1], "", match.start(1)
