"""The standard library: one `in` a literal, and nothing else where it is not there."""

from __future__ import annotations

from collections.abc import Iterable

from ci_tokengate.scan.keys.probes import ENCODED, ENCODED_RUN, MENTIONS, PLAIN, literals
from ci_tokengate.scan.keys.signs import Signs

PROBES = (*PLAIN, *((literal, ENCODED_RUN) for literal, _ in ENCODED))


class Literal:
    """Implements Engine."""

    name = "python"

    def signs(self, data: bytes) -> Signs:
        return Signs(hits(data, range(len(PROBES))), mentions(data))


def hits(data: bytes, probes: Iterable[int]) -> list[tuple[int, int]]:
    return [(i, at) for i in probes for at in literals(data, *PROBES[i])]


def mentions(data: bytes) -> list[int]:
    low = data.lower()
    found = []
    for name in MENTIONS:
        at = low.find(name)
        while at >= 0:
            found.append(at)
            at = low.find(name, at + len(name))
    return found
