"""Keys in one text, given where an engine has seen signs of them. Linear in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ci_tokengate.scan.keys.chance import is_published, is_random
from ci_tokengate.scan.keys.context import Place, distance
from ci_tokengate.scan.keys.edges import KEY_CHARACTERS, begins, stands_alone
from ci_tokengate.scan.keys.encoded import WINDOW, decode, decoded_at
from ci_tokengate.scan.keys.form import Form
from ci_tokengate.scan.keys.match import Match
from ci_tokengate.scan.keys.probes import ENCODED, PLAIN, literals
from ci_tokengate.scan.keys.signs import Signs
from ci_tokengate.scan.keys.table import FORMS

NEAR = 700
_BY_PLAIN: tuple[tuple[Form, ...], ...] = tuple(
    tuple(form for form in FORMS if literal and literal in form.literal) for literal, _ in PLAIN
)
_NOT_AFTER: tuple[frozenset[int], ...] = tuple(
    frozenset()
    if any(form.offset for form in forms)
    else KEY_CHARACTERS
    - {f.literal[f.literal.index(lit) - 1] for f in forms if not f.literal.startswith(lit)}
    for (lit, _), forms in zip(PLAIN, _BY_PLAIN, strict=True)
)
"""What no key has right before its literal, unless an escape ends there; csk- has a c before sk-."""
_NAMED = tuple(form for form in FORMS if not form.literal)
_TOKEN = re.compile(rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/]{27,4096}={0,2}(?![A-Za-z0-9+/=_-])")


def find_keys(data: bytes, signs: Signs) -> list[Match]:
    """In the order of the text, none within another."""
    hits, mentions = signs.hits, signs.mentions
    found: list[Match] = []
    decoded_until = [-1, -1, -1, -1]  # by alignment: base64 is read once
    for index, at in sorted(hits, key=lambda hit: hit[1]):
        if index < len(PLAIN):
            if not at or data[at - 1] not in _NOT_AFTER[index] or begins(data, at):
                found += _plain(data, index, at)
        else:
            skip = ENCODED[index - len(PLAIN)][1]
            if at >= decoded_until[(at - skip) % 4]:
                matches, end = _encoded(data, at, skip)
                found += matches
                decoded_until[(at - skip) % 4] = min(end, at + WINDOW // 2)
    found += _named(data, mentions)
    return _without_overlaps(found)


def find_in(text: bytes) -> list[Match]:
    """The same for a short text, with no engine: what base64 holds."""
    return _without_overlaps(
        [
            m
            for i, (lit, run) in enumerate(PLAIN)
            for at in literals(text, lit, run)
            for m in _plain(text, i, at)
        ]
    )


def _plain(data: bytes, index: int, at: int) -> Iterator[Match]:
    literal = PLAIN[index][0]
    best: tuple[int, Match] | None = None
    for form in _BY_PLAIN[index]:
        start = at - form.literal.index(literal) - form.offset
        if start < 0 or not data.startswith(form.literal, start + form.offset):
            continue
        far, match = _judged(data, form, start)
        if match and (best is None or far < best[0]):
            best = far, match
    if best:
        yield best[1]


def _judged(data: bytes, form: Form, start: int) -> tuple[int, Match | None]:
    found = form.regex.match(data, start)
    if not found or not stands_alone(data, start, found.end()):
        return 0, None
    if not is_random(_body(found["body"])) or is_published(found[0]):
        return 0, None
    far = distance(form, Place(data=data, start=start, end=found.end()))
    if far is None:
        return 0, None
    return far, Match(form=form, start=start, end=found.end(), secret=found[0])


def _encoded(data: bytes, at: int, skip: int) -> tuple[list[Match], int]:
    """What the base64 around `at` holds, and how far it was read."""
    until = at
    for text, start, end in decoded_at(data, at, skip):
        until = until if until > at else end
        inner = find_in(text) or _whole(data, text, start, end)
        if inner:
            found = [
                Match(form=m.form, start=start, end=end, secret=m.secret, encoded=True)
                for m in inner
            ]
            return found, end
    return [], until


def _named(data: bytes, mentions: Iterable[int]) -> Iterator[Match]:
    """Keys that only a name near them tells."""
    for low, high in _windows(mentions, len(data)):
        for token in _TOKEN.finditer(data, low, high):
            start, end = token.span()
            if end < high or high == len(data):
                start += _escape(data, start, token[0])
                yield from _whole(data, data[start:end], start, end, encoded=False)
                yield from _whole(data, decode(token[0]), start, end)


def _escape(data: bytes, start: int, token: bytes) -> int:
    """How much of the token belongs to an escape before it: \\n, \\u003d, %3D."""
    before = data[start - 1 : start]
    if before == b"%":
        return 2
    if before == b"\\":
        return 5 if token[:1] == b"u" else 1
    return 0


def _whole(data: bytes, text: bytes, start: int, end: int, *, encoded: bool = True) -> list[Match]:
    """The value as a whole is a key, if a name near the value says whose."""
    text = text.strip()
    if not 24 <= len(text) <= 64:
        return []
    best: tuple[int, Form] | None = None
    for form in FORMS if encoded else _NAMED:
        found = form.names and form.regex.fullmatch(text)
        if not found or not is_random(_body(found["body"])) or is_published(text):
            continue
        far = distance(form, Place(data=data, start=start, end=end))
        if far is not None and (best is None or far < best[0]):
            best = far, form
    if best is None:
        return []
    return [Match(form=best[1], start=start, end=end, secret=text, encoded=encoded)]


def _body(body: bytes) -> bytes:
    """Of a long one what comes after its header, which is the same in all."""
    if len(body) <= 300:
        return body
    return re.sub(rb"\\+[nr]|[\s\\\"',+]", b"", body[:800])[-200:]


def _windows(mentions: Iterable[int], size: int) -> Iterator[tuple[int, int]]:
    low = high = -1
    for at in sorted(mentions):
        if at - NEAR > high:
            if high >= 0:
                yield low, high
            low = max(0, at - NEAR)
        high = min(size, at + NEAR)
    if high >= 0:
        yield low, high


def _without_overlaps(matches: list[Match]) -> list[Match]:
    """One a place. The secret half of a pair of AWS is told with its other half."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda m: (m.start, -m.end)):
        if kept and match.start < kept[-1].end:
            continue
        kept.append(match)
    pairs = [m.start for m in kept if m.form.literal == b"AKIA"]
    return [m for m in kept if not _other_half(m, pairs)]


def _other_half(match: Match, pairs: Sequence[int]) -> bool:
    secret = match.form.provider == "aws" and not match.form.literal
    return secret and any(abs(at - match.start) < NEAR for at in pairs)
