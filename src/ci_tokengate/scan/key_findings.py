"""TG001 and TG002: the keys in one text, as findings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from hashlib import sha256

from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.fingerprint import fingerprint
from ci_tokengate.scan.found import Found
from ci_tokengate.scan.keys.find import find_keys
from ci_tokengate.scan.keys.match import Match
from ci_tokengate.scan.keys.signs import Signs
from ci_tokengate.scan.redact import shown
from ci_tokengate.scan.text import Text

_FIX = {
    "TG001": "Revoke the key at the provider now: it is in the history. Then let the job take its key "
    "from ci-tokengate, and keep long-lived ones in a secret store.",
    "TG002": "Revoke the key at the proxy now, and let the job take a short-lived one from ci-tokengate.",
}
Near = Callable[[int, int], list[Match]]
"""The matches that reach into a span of the text."""
_CONTINUATION = bytes(range(0x80, 0xC0))
_LINE = 400
_FEW = 64
"""So many different secrets of a text are looked for in each snippet of it."""


def key_findings(text: Text, signs: Signs) -> Iterator[Found]:
    """One for each key; of a change, only for what it adds."""
    matches = find_keys(text.data, signs)
    if not matches:
        return
    seen: Counter[tuple[str, bytes]] = Counter()
    places = _Places(text.data)
    starts, ends = [m.start for m in matches], [m.end for m in matches]
    secrets = {match.secret for match in matches}
    again = secrets if len(secrets) <= _FEW else set[bytes]()

    def near(start: int, stop: int) -> list[Match]:
        return matches[bisect_right(ends, start) : bisect_left(starts, stop)]

    for match in matches:
        line, column, width = places.of(match)
        evidence = sha256(b"tokengate key\0" + match.secret).hexdigest()
        nth = seen[match.form.rule, match.secret]
        seen[match.form.rule, match.secret] += 1
        number = text.number(line)
        if number:
            mark = fingerprint(match.form.rule, text.path, evidence, nth)
            yield Found(
                finding=_finding(text, match, near, again, number, column, width, mark),
                secret=match.secret,
            )


def _finding(
    text: Text,
    match: Match,
    near: Near,
    again: Collection[bytes],
    line: int,
    column: int,
    width: int,
    mark: str,
) -> Finding:
    inside = ", in base64" if match.encoded else ""
    commit = f" (commit {text.commit[:12]})" if text.commit else ""
    what = match.form.what
    return Finding(
        rule=match.form.rule,
        level=Level.ERROR,
        path=text.path,
        line=line,
        column=column,
        end_column=column + width,
        message=f"{what[0].upper()}{what[1:]} is written here{inside}{commit}.",
        snippet=_snippet(text.data, match, near, again),
        fingerprint=mark,
        provider=match.form.provider,
        fix=_FIX[match.form.rule],
    )


def _snippet(data: bytes, match: Match, near: Near, again: Collection[bytes]) -> str:
    """The line, or what is near where the line is long; a key that goes over lines is one span.

    again: secrets that may stand here once more, where they are no finding: beside another name, say.
    """
    start = max(data.rfind(b"\n", 0, match.start) + 1, match.start - _LINE)
    stop = data.find(b"\n", match.end, match.end + _LINE)
    stop = stop if stop >= 0 else min(len(data), match.end + _LINE)
    spans = [(max(m.start, start) - start, min(m.end, stop) - start) for m in near(start, stop)]
    for secret in again:
        at = data.find(secret, start, stop)
        while at >= 0:
            spans.append((at - start, at - start + len(secret)))
            at = data.find(secret, at + len(secret), stop)
    return shown(data[start:stop], spans)


class _Places:
    """Lines and columns of matches in rising order; each byte is counted once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = self._line_start = self._before = 0
        self._line = 1
        self._column = 0

    def of(self, match: Match) -> tuple[int, int, int]:
        """Line, column and width, in characters."""
        data = self._data
        self._line += data.count(b"\n", self._at, match.start)
        begin = data.rfind(b"\n", self._at, match.start) + 1
        if begin:
            self._column, self._at = 0, begin
        self._column += len(data[self._at : match.start].translate(None, _CONTINUATION))
        self._at = match.start
        end = data.find(b"\n", match.start, match.end)
        width = (end if end >= 0 else match.end) - match.start
        return self._line, self._column + 1, max(1, width)
