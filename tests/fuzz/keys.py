"""Any bytes as a file with keys in it."""

from __future__ import annotations

import random
import re
from datetime import date

from ci_tokengate.commands.scan import Wanted, scan
from ci_tokengate.scan.engines import Engine
from ci_tokengate.scan.engines.literal import Literal
from ci_tokengate.scan.keys.find import find_keys
from ci_tokengate.scan.keys.match import Match
from ci_tokengate.scan.keys.probes import ENCODED, NAMES, PLAIN
from ci_tokengate.scan.text import LeftOut, Text, readable
from tests.scan.keys.samples import SAMPLES

WORDS = [
    *(literal for literal, _ in PLAIN + ENCODED),
    *NAMES,
    b"_api_key",
    b":-",
    b"\\n",
    b"://",
]
_MARK = re.compile(rb"\x02(.)(.)", re.DOTALL)
_KEYS = [
    [sample.make(random.Random(f"{seed} {sample.kind}")).encode() for seed in range(4)]
    for sample in SAMPLES
]


def expand(data: bytes) -> bytes:
    """A byte 2 and two more bytes become a key: none is kept in the corpus, and chance can write one."""

    def key(mark: re.Match[bytes]) -> bytes:
        kind = _KEYS[mark[1][0] % len(_KEYS)]
        return kind[mark[2][0] % len(kind)]

    return _MARK.sub(key, data)


def keys_in(data: bytes, engine: Engine) -> list[Match]:
    """What `one` finds, for a comparison of engines."""
    text = readable("a.yml", expand(data))
    return [] if isinstance(text, LeftOut) else find_keys(text, engine.signs(text))


def one(data: bytes) -> None:
    """Raises what a crash would raise, and AssertionError where a secret gets out."""
    engine = Literal()
    text = readable("a.yml", expand(data))
    if isinstance(text, LeftOut):
        return
    wanted = Wanted(engine=engine, today=date(2027, 1, 31), flows=False)
    report = scan([Text(path="a.yml", data=text)], wanted, read=lambda _: None)
    shown = repr([found.finding for found in report.founds]).encode()
    at = 0
    for match in find_keys(text, engine.signs(text)):
        assert at <= match.start < match.end <= len(text)
        assert match.secret not in shown
        at = match.start
    for found in report.founds:
        assert 1 <= found.finding.column < found.finding.end_column
