"""The standard library: one `in` a literal, and nothing else where it is not there."""

from __future__ import annotations

from collections.abc import Iterable

from ci_tokengate.scan.keys.probes import ENCODED, ENCODED_RUN, PLAIN, literals, mentions
from ci_tokengate.scan.keys.signs import Signs

PROBES = (*PLAIN, *((literal, ENCODED_RUN) for literal, _ in ENCODED))


class Literal:
    """Implements Engine."""

    name = "python"

    def signs(self, data: bytes) -> Signs:
        return Signs(hits(data, range(len(PROBES))), mentions(data.lower()))


def hits(data: bytes, probes: Iterable[int]) -> list[tuple[int, int]]:
    return [(i, at) for i in probes for at in literals(data, *PROBES[i])]
