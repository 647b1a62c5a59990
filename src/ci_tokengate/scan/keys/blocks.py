"""Which lines around a value speak of it: not those of another block, such as the next service's settings.

Told by indentation, brackets and headers, as YAML, JSON, TOML and INI have them; in other texts each line counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_HEADER = re.compile(rb"\s*\[\[?[\w.\- :/]+\]\]?\s*(?:[#;].*)?\Z|#{2,6} \S")
"""INI's and TOML's, and a heading of Markdown."""
_SILENT = re.compile(rb"\s*(?:</[\w:.\-]+>\s*)?\Z")
"""Nothing, or the end of an element."""
_NAMED = re.compile(
    rb"\s*(?:-\s+)?[\"']?([\w.\-/]+)[\"']?(?:\s*(?::|=>?|:=)\s*[{\[]?|(?:\s+\"[\w.\-/]+\")*\s*\{)\s*(?:#.*)?\Z"
)
"""`name:`, `"name": {`, `name = {`, `resource "kind" "name" {`: what opens a block."""
_MAPPING = re.compile(rb"[\"']?[\w.\-/]+[\"']?:\s*(?:#.*)?\Z")
"""A part of one document, as `metadata:` and `data:` are."""
_END = re.compile(rb"---\s*\Z|diff --git ")
"""Between YAML's documents, and a diff's files."""
_ITEM = re.compile(
    rb"\s*(?:\{|<[\w:.\-]+(?:\s[^<>]*)?>|-\s+(?:\{|[\"']?[\w.\-]+[\"']?\s*:(?:\s|\Z)).*|[\w. :=]{1,99}\()\s*\Z"
)
"""`{` or `<element>` alone, `- name: value`, or `name = Client(`: where one of several alike begins."""
_CLOSED = re.compile(
    rb"(?:(?<![\w.\-])[\"']?[\w.\-]{1,60}[\"']?\s{0,9}[:=]>?\s{0,9})?(?<![$%{])\{(?:[^{}]|\{[^{}]*\})*\}\s{0,9},"
)
"""A block on one line that has ended: {"name": "a", "key": ""}, with more of them to come."""
_NEXT = re.compile(
    rb"\}\s{0,9},\s{0,9}(?:[\"']?[\w.\-]{1,60}[\"']?\s{0,9}[:=]>?\s{0,9})?\{.*", re.DOTALL
)


def left_of(text: bytes) -> bytes:
    """What stands left of a value on its line, without blocks that have ended there."""
    return _CLOSED.sub(b"", text) if b"}" in text else text


def right_of(text: bytes) -> bytes:
    """What stands right of a value on its line, up to where the next block begins."""
    return _NEXT.sub(b"", text) if b"}" in text else text


def above(own: bytes, lines: Sequence[bytes], names: re.Pattern[bytes]) -> Iterator[int]:
    """Which of the lines above count; lines[0] is the nearest. Blocks of whom `names` mean are closed to others."""
    level = indent_of(own)
    deeper: list[int] = []
    for n, line in enumerate(lines):
        if _END.match(line):
            break
        if _SILENT.match(line):
            continue
        indent = indent_of(line)
        if indent > level:
            deeper.append(n)
            continue
        opens = _is_aside(own, line) or _opens_another(line, names)
        if deeper and indent == level and opens:
            deeper.clear()
            continue
        yield from deeper
        deeper.clear()
        yield n
        if _HEADER.match(line):
            return
        level = indent
    yield from deeper


def below(own: bytes, lines: Sequence[bytes], names: re.Pattern[bytes]) -> Iterator[int]:
    """Which of the lines below count; lines[0] is the nearest."""
    level = indent_of(own)
    hidden = -1
    for n, line in enumerate(lines):
        if _END.match(line):
            return
        if _SILENT.match(line):
            continue
        indent = indent_of(line)
        if 0 <= hidden < indent:
            continue
        hidden = -1
        if _HEADER.match(line):
            return
        opens = _is_aside(own, line) and indent_of(b"".join(lines[n + 1 : n + 2])) > 0
        if opens or (indent <= level and _opens_another(line, names)):
            hidden = indent
            continue
        yield n
        level = min(level, indent)


def path(own: bytes, lines: Sequence[bytes]) -> bytes:
    """The names of the blocks that a line stands in, with dots as properties are written: spring.ai.azure.openai."""
    level = indent_of(own)
    names: list[bytes] = []
    for line in lines:
        indent = indent_of(line)
        if not level:
            break
        if line.strip() and indent < level:
            found = _NAMED.match(line)
            names += [found[1]] if found else []
            level = indent
    return b".".join(reversed(names))


def _is_aside(own: bytes, line: bytes) -> bool:
    """Not indented, as the value's line is: with what is below it, another statement than the value's."""
    return indent_of(line) == 0 < indent_of(own) and not _MAPPING.match(line)


def _opens_another(line: bytes, names: re.Pattern[bytes]) -> bool:
    if _ITEM.match(line):
        return True
    return bool(_NAMED.match(line) and names.search(line))


def indent_of(line: bytes) -> int:
    return len(line) - len(line.lstrip(b" \t"))
