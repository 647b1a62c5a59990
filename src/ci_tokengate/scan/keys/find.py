"""Keys in one text, given where an engine has seen signs of them. Linear in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ci_tokengate.scan.keys.again import again
from ci_tokengate.scan.keys.chance import is_published, is_random
from ci_tokengate.scan.keys.context import distance
from ci_tokengate.scan.keys.edges import stands_alone
from ci_tokengate.scan.keys.encoded import Reader
from ci_tokengate.scan.keys.form import Form
from ci_tokengate.scan.keys.joined import first_part, joined
from ci_tokengate.scan.keys.match import Match
from ci_tokengate.scan.keys.named import NEAR, body, decoded, named
from ci_tokengate.scan.keys.place import Place
from ci_tokengate.scan.keys.probes import ENCODED, PLAIN, literals, mentions
from ci_tokengate.scan.keys.signs import Signs
from ci_tokengate.scan.keys.starts import BY_PLAIN, may_begin


def find_keys(data: bytes, signs: Signs) -> list[Match]:
    """In the order of the text, none within another."""
    found: list[Match] = []
    base64 = Reader(data)
    for index, at in sorted(signs.hits, key=lambda hit: hit[1]):
        if index < len(PLAIN):
            if may_begin(data, index, at):
                found += _plain(data, index, at)
        else:
            found += _encoded(data, base64.around(at, ENCODED[index - len(PLAIN)][1]))
    found = _without_overlaps([*found, *named(data, signs.mentions)])
    return _without_overlaps([*found, *more]) if (more := [*again(data, found)]) else found


def find_in(text: bytes) -> list[Match]:
    """The same for a short text, with no engine: what base64 holds."""
    found = [
        match
        for index, (literal, run) in enumerate(PLAIN)
        for at in literals(text, literal, run)
        for match in _plain(text, index, at)
    ]
    return _without_overlaps([*found, *named(text, mentions(text.lower()))])


def _plain(data: bytes, index: int, at: int) -> Iterator[Match]:
    best: tuple[int, Match] | None = None
    forms = list(_starts(data, index, at))
    for form, start in forms:
        if start >= 0 and (found := form.regex.match(data, start)):
            best = _nearer(best, _judged(data, form, found, start, found.end()))
    if not best:
        best = _in_parts(data, at, forms)
    if best:
        yield best[1]


def _in_parts(data: bytes, at: int, forms: Iterable[tuple[Form, int]]) -> tuple[int, Match] | None:
    """A key in more than one piece; where the sign is in the middle of a key, its begin is looked for."""
    best: tuple[int, Match] | None = None
    whole: dict[int, tuple[bytes, int]] = {}
    for form, start in forms:
        begin = first_part(data, at) if form.offset else start
        if begin not in whole:
            whole[begin] = joined(data, begin)
        text, end = whole[begin]
        if text and (found := form.regex.fullmatch(text)):
            best = _nearer(best, _judged(data, form, found, begin, end))
    return best


def _starts(data: bytes, index: int, at: int) -> Iterator[tuple[Form, int]]:
    """The forms that the sign may be of, and where a key of each would begin, below 0 for none in one piece."""
    literal = PLAIN[index][0]
    for form in BY_PLAIN[index]:
        begin = at - form.literal.index(literal)
        if begin >= 0 and data.startswith(form.literal, begin):
            yield form, begin - form.offset


def _nearer(
    best: tuple[int, Match] | None, other: tuple[int, Match] | None
) -> tuple[int, Match] | None:
    return other if best is None or (other and other[0] < best[0]) else best


def _judged(
    data: bytes, form: Form, found: re.Match[bytes], start: int, end: int
) -> tuple[int, Match] | None:
    """The key and how far the name is that tells whose it is; None if it is no key."""
    if not stands_alone(data, start, end):
        return None
    if not is_random(body(found["body"])) or is_published(found[0]):
        return None
    far = distance(form, Place(data=data, start=start, end=end))
    if far is None:
        return None
    return far, Match(form=form, start=start, end=end, secret=found[0])


def _encoded(data: bytes, read: Iterable[tuple[bytes, int, int]]) -> list[Match]:
    """The keys in the first of these texts that has any."""
    for text, start, end in read:
        if inner := find_in(text) or decoded(data, text, start, end):
            return [
                Match(form=m.form, start=start, end=end, secret=m.secret, encoded=True)
                for m in inner
            ]
    return []


def _without_overlaps(matches: list[Match]) -> list[Match]:
    """One a place. The secret half of a pair of AWS is told with its other half."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda m: (m.start, -m.end)):
        last = kept[-1] if kept else match
        if match.start < last.end and match is not last and not _beside(match, last):
            continue
        kept.append(match)
    pairs = [m.start for m in kept if m.form.literal == b"AKIA"]
    return [m for m in kept if not _other_half(m, pairs)]


def _beside(match: Match, last: Match) -> bool:
    """Two keys in one piece of base64 stand at the same place."""
    return match.encoded and match.start == last.start and match.secret != last.secret


def _other_half(match: Match, pairs: Sequence[int]) -> bool:
    secret = match.form.provider == "aws" and not match.form.literal
    return secret and any(abs(at - match.start) < NEAR for at in pairs)
