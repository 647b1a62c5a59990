"""No input takes more than linear time, and no input crashes."""

from __future__ import annotations

import base64
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.scan.engines.literal import Literal
from ci_tokengate.scan.key_findings import key_findings
from ci_tokengate.scan.keys.find import find_keys
from ci_tokengate.scan.suppress import read_suppression
from ci_tokengate.scan.text import LeftOut, Text, readable
from ci_tokengate.wiring.engines import choose
from tests.scan.keys.places import PLACES
from tests.scan.keys.samples import ALNUM, SAMPLES, some

R = random.Random("linear")
KEY = SAMPLES[0].make(R).encode()
UNITS = {
    "prefixes": b"sk-",
    "prefixes apart": b" sk-abcdefghij0123456789ABCD",
    "near keys": b" sk-ant-api03-" + b"aB3" * 40,
    "halves": b" sk-proj-" + b"aB3_" * 15 + b"T3BlbkFJ" * 8,
    "base64 prefixes": b"c2st",
    "base64 lines": b"c2st\n",
    "base64 lines with signs": base64.b64encode(b"service_account api_key" * 3)[:76] + b"\n",
    "base64 in strings": base64.b64encode(b"service_account api_key" * 3)[:76] + b"\\n",
    "blocks on one line": b'{"mistral":{"a":{"api_key":"' + some(ALNUM, 32, R).encode() + b'"},',
    "open blocks": b'cohere{{{{[[ key="' + some(ALNUM, 40, R).encode() + b'" }',
    "blocks on lines": b"- mistral:\n    api_key: " + some(ALNUM, 32, R).encode() + b"\n",
    "pieces": b'"sk-aB3dE5fG7hJ9"' + b"+ 'kL1mN2pQ'" * 3,
    "pieces beside a name": b"mistral_key = 'aB3dE5fG7hJ9' + ",
    "pieces without end": b"'aB3dE5fG7hJ9mistral_key' + ",
    "white space between pieces": b"mistral'" + b" " * 80 + b"+" + b" " * 80,
    "signs in pieces": b"'JQQJ99aB3dE5fG7hJ9kL' + ",
    "quoted for a URL": b"portkey?key=%2Fa%2Bb%2F" + some(ALNUM, 20, R).encode() + b"%3D%",
    "arguments": b'"--mistral-key",\n"' + some(ALNUM, 32, R).encode() + b'",\n',
    "brackets": b"mistral\n}\n]\n}\n)\n",
    "checksums": b"0123456789abcdef" * 2 + b"  azure_openai\n",
    "base64 keys": base64.b64encode(b"x" + KEY + b"yyyy"),
    "begins": b"-----BEGIN PRIVATE KEY-----",
    "begins and bodies": b"-----BEGIN PRIVATE KEY-----" + b"A" * 5000,
    "backslashes": b"-----BEGIN PRIVATE KEY-----" + b"\\" * 3000,
    "names": b"mistral",
    "names and values": b"mistral_key=" + some(ALNUM, 32, R).encode() + b" ",
    "names and hashes": b"azure key: " + b"0123456789abcdef" * 2 + b" ",
    "quotes": b"mistral \"'`([{",
    "bedrock": b" bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t" + b"Qa1" * 1500,
    "keys on one line": b" " + KEY,
    "keys on lines": KEY + b"\n",
}


def seconds(data: bytes) -> float:
    engine = Literal()
    best = 1e9
    for _ in range(2):
        start = time.process_time()
        list(key_findings(Text(path="a", data=data), engine.signs(data)))
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_eight_times_the_input_takes_about_eight_times_as_long(unit: bytes) -> None:
    """A quadratic search would take 64 times as long; 24 leaves room for a busy machine.

    From a length that takes long enough to be told from the clock's own noise.
    """
    small = unit * (5_000 // len(unit) + 1)
    while len(small) < 320_000 and seconds(small) < 0.004:
        small *= 2
    assert seconds(small * 8) < 24 * seconds(small) + 0.05


def test_signs_that_begin_no_key_are_not_kept() -> None:
    """A hundred megabytes of these would take gigabytes."""
    assert not choose("hyperscan").signs(b"sk-" * 100_000).hits[1:]


@given(st.binary(max_size=3000))
def test_any_bytes_are_read_without_a_crash(data: bytes) -> None:
    text = readable("a", data)
    if not isinstance(text, LeftOut):
        list(key_findings(Text(path="a", data=text), Literal().signs(text)))
    read_suppression(data.decode("utf-8", "replace"), 1)


_PIECES = st.sampled_from(
    [
        b"sk-",
        b"c2st",
        b"mistral_key=",
        b"azure",
        b"\n",
        b"\\n",
        b"%3D",
        b'"',
        b"=",
        b"AKIA",
        b"-----BEGIN PRIVATE KEY-----",
    ]
    + [sample.make(random.Random(sample.kind)).encode() for sample in SAMPLES]
    + [base64.b64encode(sample.make(random.Random(sample.kind)).encode()) for sample in SAMPLES]
)


@given(st.lists(st.one_of(_PIECES, st.binary(max_size=8)), max_size=12).map(b"".join))
def test_the_engines_agree_on_whatever_is_put_together(data: bytes) -> None:
    told = [
        [(m.form.provider, m.start, m.end) for m in find_keys(data, choose(name).signs(data))]
        for name in ("python", "hyperscan", "re2")
    ]
    assert told[0] == told[1] == told[2]


@given(
    st.sampled_from(SAMPLES),
    st.sampled_from(sorted(PLACES)),
    st.binary(max_size=200),
    st.integers(0, 99),
)
def test_what_stands_on_other_lines_does_not_hide_a_key(
    sample: object, place: str, other: bytes, seed: int
) -> None:
    """White noise above and below, on lines of its own, in a file that is long enough."""
    one = next(s for s in SAMPLES if s is sample)
    text = PLACES[place](one, one.make(random.Random(f"{seed}"))).encode()
    alone = find_keys(text, Literal().signs(text))
    noise = b"\n" * 12 + other.replace(b"\n", b"") + b"\n" * 12
    both = noise + text + noise
    assert len(find_keys(both, Literal().signs(both))) >= len(alone)
