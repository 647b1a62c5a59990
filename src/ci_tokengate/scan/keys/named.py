"""Keys that have nothing of their own: values that are a key because of the name near them."""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Iterable, Iterator

from ci_tokengate.scan.keys.chance import is_published, is_random
from ci_tokengate.scan.keys.context import distance
from ci_tokengate.scan.keys.encoded import decode
from ci_tokengate.scan.keys.form import Form
from ci_tokengate.scan.keys.joined import cut
from ci_tokengate.scan.keys.match import Match
from ci_tokengate.scan.keys.place import Place
from ci_tokengate.scan.keys.table import FORMS

NEAR = 700
_WIDEST, _OVERLAP = 1 << 20, 8192
"""A text full of names is read in pieces, each of which is copied; no value is longer than the overlap."""
_NAMED = tuple(form for form in FORMS if not form.literal)
# Before it: nothing of base64, but for ${NAME:-value} and https://value@host.
_TOKEN = re.compile(
    rb"(?:(?<![A-Za-z0-9+/_-])|(?<=:-)|(?<=://))(?!//)[A-Za-z0-9+/]{27,4096}={0,2}(?![A-Za-z0-9+/=_-])"
)
_MARKS = bytes(97 if (chr(b).isalnum() and b < 128) or b in b"+/" else 32 for b in range(256))
_LONG = b"a" * 27
_QUOTED = re.compile(
    rb"(?<![A-Za-z0-9%])(?:[A-Za-z0-9]|%2[BbFf]){27,64}(?:%3[Dd]){0,2}(?![A-Za-z0-9%])"
)
"""As a URL has it: %2B, %2F and %3D are + / and =."""
_QUOTE = re.compile(rb"%(?:2[BbFf]|3[Dd])")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_TEXT = re.compile(rb"[\t\r\n -~]+")
_COLOUR = re.compile(rb"(?:\x1b|\\033)\[[0-9;]{0,12}\Z")


def named(data: bytes, mentioned: Iterable[int]) -> Iterator[Match]:
    """Keys that only a name near them tells."""
    for low, high in _windows(mentioned, len(data)):
        for token in _tokens(data, low, high):
            start, end = token.span()
            if end < high or high == len(data):
                start += _escape(data, start, token[0])
                yield from whole(data, data[start:end], start, end, encoded=False)
                if token[0].endswith(b"/"):  # sed s/NAME=.*/NAME=value/
                    yield from whole(data, data[start : end - 1], start, end - 1, encoded=False)
                yield from decoded(data, decode(token[0]), start, end)
        for text, start, end in cut(data, low, high):
            yield from whole(data, text, start, end, encoded=False)
        if _QUOTE.search(data, low, high):
            for token in _QUOTED.finditer(data, low, high):
                yield from whole(data, _unquoted(token[0]), *token.span(), encoded=False)


def _tokens(data: bytes, low: int, high: int) -> Iterator[re.Match[bytes]]:
    """Long runs are looked for by a search for one string: an expression takes twenty times as long."""
    marks = data[low:high].translate(_MARKS)
    at = marks.find(_LONG)
    while at >= 0:
        start = low + marks.rfind(b" ", 0, at) + 1
        if data.startswith(b"//", start) and data[start - 1 : start] == b":":
            start += 2
        if token := _TOKEN.match(data, start):
            yield token
        end = marks.find(b" ", at)
        at = marks.find(_LONG, end) if end >= 0 else -1


def decoded(data: bytes, text: bytes, start: int, end: int) -> list[Match]:
    """What base64 holds is a key; or a user and a password, as HTTP's Basic has them, and one is a key."""
    parts = [text, *(text.split(b":", 1) if text.count(b":") == 1 else ())]
    return next((found for part in parts if (found := whole(data, part, start, end))), [])


def whole(data: bytes, text: bytes, start: int, end: int, *, encoded: bool = True) -> list[Match]:
    """The value as a whole is a key, if a name near the value says whose."""
    text = text.strip()
    if not 24 <= len(text) <= 64:
        return []
    best: tuple[int, Form] | None = None
    for form in FORMS if encoded else _NAMED:
        found = form.names and form.regex.fullmatch(text)
        if not found or is_published(text):
            continue
        if not is_random(body(found["body"]), bare=not (form.literal or form.raw)):
            continue
        if form.raw and _TEXT.fullmatch(decode(text)):
            continue
        far = distance(form, Place(data=data, start=start, end=end))
        if far is not None and (best is None or far < best[0]):
            best = far, form
    if best is None:
        return []
    return [Match(form=best[1], start=start, end=end, secret=text, encoded=encoded)]


def _unquoted(text: bytes) -> bytes:
    return _PERCENT.sub(lambda found: unhexlify(found[1]), text)


def body(text: bytes) -> bytes:
    """Of a long one the end of its first part: what comes before is a header, the same in all."""
    if len(text) <= 300:
        return text
    return re.sub(rb"\\+[nr]|[\s\\\"',+]", b"", text[:800])[-200:]


def _escape(data: bytes, start: int, token: bytes) -> int:
    """How much of the token belongs to an escape before it: \\n, \\u003d, %3D, a terminal's colour."""
    before = data[start - 1 : start]
    if before == b"%":
        return 2
    if before == b"\\":
        return 5 if token[:1] == b"u" else 1
    if before in (b"[", b";") and _COLOUR.search(data[max(0, start - 16) : start]):
        return token[:4].find(b"m") + 1
    return 0


def _windows(mentioned: Iterable[int], size: int) -> Iterator[tuple[int, int]]:
    low = high = -1
    for at in sorted(mentioned):
        if high < 0 or at - NEAR > high:
            if high >= 0:
                yield low, high
            low = max(0, at - NEAR)
        elif high - low > _WIDEST:
            yield low, high
            low = high - _OVERLAP
        high = min(size, at + NEAR)
    if high >= 0:
        yield low, high
