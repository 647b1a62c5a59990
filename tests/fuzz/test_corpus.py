"""What the fuzzers found, and what covers most, in each run of the tests."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from ci_tokengate.scan.keys.find import find_keys
from ci_tokengate.wiring.engines import choose
from tests.fuzz import keys
from tests.fuzz.__main__ import KEPT

ENGINES = ("python", "hyperscan", "re2")


@pytest.mark.parametrize("name", ["keys", "flows"])
def test_every_kept_input_is_read_without_a_crash(name: str) -> None:
    one = import_module(f"tests.fuzz.{name}").one
    kept = sorted((KEPT / name).iterdir())
    assert len(kept) >= 50
    for path in kept:
        one(path.read_bytes())


def test_the_engines_agree_on_every_kept_input() -> None:
    engines = [choose(name) for name in ENGINES]
    found = 0
    for path in sorted((KEPT / "keys").iterdir()):
        told = [keys.keys_in(path.read_bytes(), engine) for engine in engines]
        assert told[0] == told[1] == told[2], path.name
        found += len(told[0])
    assert found > 50


def test_the_corpus_holds_no_key() -> None:
    """A key of the samples is written by a mark, not by itself."""
    engine = choose("python")
    for path in sorted(Path(KEPT).glob("*/*")):
        data = path.read_bytes()
        assert find_keys(data, engine.signs(data)) == [], path.name
