"""TG004 in code: a line that leads to a provider's own host. A warning, because code is also run on laptops."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.flows.files import comment_of
from ci_tokengate.scan.flows.host_table import LITERALS
from ci_tokengate.scan.flows.hosts import before, endpoints, in_prose
from ci_tokengate.scan.flows.literals import _PARTS as PARTS
from ci_tokengate.scan.flows.named import only_knows
from ci_tokengate.scan.flows.place import File

_SAYS = re.compile(
    r"^\s*(?:echo|printf|print|puts|p|console\.\w+|log(?:ger|ging)?\.\w+|fmt\.Print\w*|System\.out\.print\w*"
    r"|raise|throw|assert\w*|warn(?:ings?\.warn)?|panic"
    r"|(?:(?:if|elif|while|until|!)\s+)*(?:grep|egrep|fgrep|rg|git\s+grep|nslookup|dig|ping))\b",
)
_TRIPLE = re.compile(r'"""|\'\'\'')
_BY_PART = {
    part: [literal for literal in LITERALS if part in literal]
    for part in (known.decode() for known in PARTS)
}
"""The few words that are in all of the hosts: to look for each host takes three times as long."""
_FIX = "Take the base URL from the environment, which the gate points at the proxy."


def check_source(file: File, allowed: frozenset[str]) -> Iterator[Finding]:
    """Line by line; comments, docstrings, and lines that only say something are left out."""
    wanted = _lines_with_a_host(file.text.lower())
    if not wanted:
        return
    level = Level.WARNING
    for number, line, code in _code_lines(file, comment_of(file.path), wanted):
        words = _words(line)
        for hit in endpoints(code, allowed):
            if in_prose(before(code, hit.start)) or only_knows(code, hit, file.lines, number - 1):
                continue
            found = file.finding(
                "TG004",
                level,
                (number, hit.start + 1),
                hit.end - hit.start,
                f"This line calls {hit.host} directly, past the proxy.",
                evidence=f"{hit.host}|{words}",
                fix=_FIX,
                provider=hit.provider,
            )
            if found:
                yield found


def _lines_with_a_host(low: str) -> set[int]:
    """Numbers of the lines that are worth a closer look."""
    starts: set[int] = set()
    for part, literals in _BY_PART.items():
        at = low.find(part)
        while at >= 0:
            start = low.rfind("\n", 0, at) + 1
            end = low.find("\n", at)
            end = end if end >= 0 else len(low)
            if any(low.find(literal, start, end) >= 0 for literal in literals):
                starts.add(start)
            at = low.find(part, end)
    found: set[int] = set()
    number, counted = 1, 0
    for start in sorted(starts):
        number += low.count("\n", counted, start)
        counted = start
        found.add(number)
    return found


def _words(line: str) -> str:
    return " ".join(line.split())[:200]


def _code_lines(file: File, comment: str, wanted: set[int]) -> Iterator[tuple[int, str, str]]:
    """Number, line, and the line with its comment cut off, of lines that are code."""
    closing = ""
    for number, line in enumerate(file.lines, 1):
        if closing:
            if closing in line:
                closing = ""
            continue
        stripped = line.lstrip()
        if comment == "//" and stripped.startswith("/*"):
            closing = "" if "*/" in stripped else "*/"
            continue
        if comment == "#" and stripped[:3] in ('"""', "'''", 'r""'):
            quotes = "'''" if stripped.startswith("'") else '"""'
            closing = "" if stripped.count(quotes) > 1 else quotes
            continue
        if number not in wanted:
            continue
        if stripped.startswith((comment, "*", "<!--", "#!")) or _SAYS.match(line):
            continue
        yield number, line, _uncommented(line, comment)


def _uncommented(line: str, comment: str) -> str:
    """The line up to a comment at its end. `//` in a URL and `#` in a string are none."""
    at = line.find(f" {comment}")
    while at >= 0:
        before = line[:at]
        if before.count('"') % 2 == 0 and before.count("'") % 2 == 0:
            return before
        at = line.find(f" {comment}", at + 1)
    return line
