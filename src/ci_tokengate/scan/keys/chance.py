"""Whether a key's body is random, as keys are, or made up by a person."""

from __future__ import annotations

import math
import re
from collections import Counter
from hashlib import sha256
from itertools import pairwise

_WORDS = (
    b"xxxx your example placeholder dummy sample redact replace changeme change-me change_me insert "
    b"fake mock test secret qwerty asdf deadbeef cafebabe foobar api-key api_key apikey token password "
    b"goes-here goes_here invalid notreal not-real not_real lorem hidden masked revoked"
).split()
PUBLISHED = frozenset(
    (
        "80321a12d03412c5",
        "e433a47454061feb",
        "27a9a42931dff7eb",
        "49f777db995e8260",
        "a6c814bc555ae62c",
        "8731261cb72d8626",
        "37f8f09bdf12c2f2",
        "eb540d2b6ee2a0a4",
        "2037abcaffb2b777",
        "3a8b61d0f636b007",
        "4c98242dcadc8b29",
        "ea9bb1082cf95663",
        "3f370c9dd8225c63",
        "1021ad463a161d69",
        "a19f89ab3555eac1",
        "e4a5542bb7fd7b67",
        "dc0fcf046c61640c",
        "ac9265e56c79b234",
        "dc057717851fc4b8",
        "78314b11be2e5815",
        "971d630133b8b43d",
        "6ae3fb244ca2b0ed",
        "aebd495f557d3e0e",
        "5de261506c0ff857",
        "791939be7ef91ab5",
        "0114c1456f250438",
    )
)
"""Begin of SHA-256 of examples in public documentation and tests: the allow list of gitleaks' gcp.go has
most; the others are in LiteLLM's docstrings, the tokens of Hugging Face's test hub, and Amazon's S3 guide."""
_PARTS = re.compile(
    rb"this|that|not|real|key|for|the|with|model|class|condition|generat|causal|sequence|value|head|your|"
    rb"secret|company|project|master|template|super|long|short|name|here|only|just|some|any|default|example"
)
_CAMEL = re.compile(rb"[A-Z][a-z]{3,}")
_IDENTIFIER = re.compile(rb"[a-z]*(?:[A-Z][a-z]{2,}){2,}\d{0,3}")
"""A name in a program, as a whole: loadingCardSpinner2."""
_WRITTEN = re.compile(rb"[A-Z]*[a-z]+|[A-Z]+")
"""A word as people write one: capitals, if any, come first."""
_ALNUM = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_HEX = frozenset(b"0123456789abcdefABCDEF")
_LOWER, _UPPER, _DIGIT, _OTHER = range(4)


def is_random(body: bytes, *, bare: bool = False) -> bool:
    """False for words, runs, sequences and repetitions.

    bare: nothing in the value says that it is a key, so less is needed to take it for a name.
    """
    low = body.lower()
    if any(word in low and _on_purpose(word, body) for word in _WORDS):
        return False
    hexadecimal = _HEX.issuperset(body.translate(None, b"-_"))
    if hexadecimal:
        body = body.translate(None, b"-_")
        low = body.lower()
    pairs = len(body) - 1
    return (
        not _words(low, body, 0.6 if bare else 0.8)
        and not _long_run(low, 6 if hexadecimal else 5 + (len(body) > 60))
        and not _sequence(low, 7 if hexadecimal else 5 + (len(body) > 60))
        and _steps(low) <= (0.38 if hexadecimal else 0.25) * pairs + 1.3
        and _entropy(body) >= (2.7 if hexadecimal else 0.72 * math.log2(min(len(body), 62)))
        and _changes(body) >= _fewest_changes(body) * pairs
        and _variety(low, 4 if hexadecimal else 3) >= 0.75
    )


def is_published(key: bytes) -> bool:
    """Whether the key is an example that its provider's own documentation or code has made public."""
    return sha256(key).hexdigest()[:16] in PUBLISHED


def _on_purpose(word: bytes, body: bytes) -> bool:
    """Chance writes a short word in any mixture of cases; a person in one of three."""
    return len(word) > 5 or word in body or word.upper() in body or word.title() in body


def _words(text: bytes, given: bytes, share: float) -> bool:
    """Made of common words, of words between dashes, or for more than `share` of CamelCase."""
    parts = re.split(rb"[-_]", given)
    if len(parts) > 2 and all(_written(part) for part in parts):
        return True
    if _IDENTIFIER.fullmatch(given):
        return True
    if sum(len(word) for word in _CAMEL.findall(given)) > share * len(given):
        return True
    return 3 * sum(len(word) for word in _PARTS.findall(text)) > len(text)


def _written(part: bytes) -> bool:
    return len(part) > 1 and bool(_WRITTEN.fullmatch(part) or part.isdigit())


def _long_run(text: bytes, limit: int) -> bool:
    run = 1
    for before, char in pairwise(text):
        run = run + 1 if before == char else 1
        if run >= limit:
            return True
    return False


def _sequence(text: bytes, limit: int) -> bool:
    """abcdef, 654321, and the like with one character in between: a1b2c3d4e5."""
    return any(
        _rises(part, step, limit) for part in (text, text[::2], text[1::2]) for step in (1, -1)
    )


def _rises(text: bytes, step: int, limit: int) -> bool:
    run = 1
    for before, char in pairwise(text):
        run = run + 1 if char - before == step and char in _ALNUM else 1
        if run >= limit:
            return True
    return False


def _steps(text: bytes) -> int:
    return sum(abs(a - b) == 1 for a, b in pairwise(text))


def _entropy(body: bytes) -> float:
    """Shannon's, in bits per character."""
    size = len(body)
    return -sum(n / size * math.log2(n / size) for n in Counter(body).values())


def _kind(char: int) -> int:
    if 97 <= char <= 122:
        return _LOWER
    if 65 <= char <= 90:
        return _UPPER
    return _DIGIT if 48 <= char <= 57 else _OTHER


def _changes(body: bytes) -> int:
    """How often the kind of character changes: rarely in words, at most places in what is random."""
    kinds = [_kind(char) for char in body]
    return sum(a != b for a, b in pairwise(kinds))


def _fewest_changes(body: bytes) -> float:
    """What chance leaves out but once in thousands: nearly four standard deviations."""
    kinds = {_kind(char) for char in body}
    mixed = {_LOWER, _UPPER} <= kinds
    share = (0.6 if _DIGIT in kinds else 0.5) if mixed else 0.4
    return share - 3.7 * math.sqrt(share * (1 - share) / max(1, len(body) - 1))


def _variety(text: bytes, size: int) -> float:
    """Near 1 where no group of characters comes twice."""
    groups = [text[i : i + size] for i in range(len(text) - size + 1)]
    return len(set(groups)) / max(1, len(groups))
