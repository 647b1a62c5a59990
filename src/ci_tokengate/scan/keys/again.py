"""A key that only a name tells, where it stands once more near by: ::add-mask::KEY, and below it NAME=KEY."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ci_tokengate.scan.keys.edges import KEY_CHARACTERS, begins
from ci_tokengate.scan.keys.match import Match

_REACH = 700
"""So far from a key, so that a text full of keys takes linear time."""


def again(data: bytes, found: Iterable[Match]) -> Iterator[Match]:
    """The same secrets on other lines, where no name says whose they are."""
    known = {match.start for match in found}
    for match in found:
        if not match.form.names or match.encoded:
            continue
        for start in _all(data, match):
            if start not in known:
                known.add(start)
                end = start + len(match.secret)
                yield Match(form=match.form, start=start, end=end, secret=match.secret)


def _all(data: bytes, match: Match) -> Iterator[int]:
    size = len(match.secret)
    high = match.end + _REACH
    start = data.find(match.secret, max(0, match.start - _REACH), high)
    while start >= 0:
        after = data[start + size : start + size + 1]
        between = data[min(start, match.start) : max(start, match.start)]
        if (
            b"\n" in between
            and begins(data, start)
            and (not after or after[0] not in KEY_CHARACTERS)
        ):
            yield start
        start = data.find(match.secret, start + size, high)
