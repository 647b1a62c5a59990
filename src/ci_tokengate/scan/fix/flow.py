"""Taking entries out of a mapping that is written in one line, `{a: 1, b: 2}`."""

from __future__ import annotations

import re
from collections.abc import Collection

from ci_tokengate.scan.flows.yaml import Map, Scalar

_VALUE = {
    '"': re.compile(r'"(?:[^"\\]|\\.)*"'),
    "'": re.compile(r"'(?:[^']|'')*'"),
    "": re.compile(r"[^,}\]#]*[^,}\]#\s]"),
}


def without(line: str, owner: Map, names: Collection[str]) -> list[tuple[int, int]] | None:
    """The spans that go away with these entries; None where the mapping is not all on this line."""
    spans: list[tuple[int, int, bool]] = []
    for key, value in owner.items.values():
        pattern = _VALUE.get(value.style) if isinstance(value, Scalar) else None
        if not pattern or key.line != owner.line or value.line != owner.line:
            return None
        found = pattern.match(line, value.column - 1)
        if not found:
            return None
        spans.append((key.column - 1, found.end(), key.text in names))
    spans.sort()
    kept_until = next((end for _, end, gone in reversed(spans) if not gone), None)
    if kept_until is None:
        return [(spans[0][0], spans[-1][1])] if spans else []
    cut = []
    for (start, end, gone), following in zip(spans, [*spans[1:], None], strict=True):
        if gone and start < kept_until:
            cut.append((start, following[0] if following else end))
    if spans[-1][1] > kept_until:
        cut.append((kept_until, spans[-1][1]))
    return cut
