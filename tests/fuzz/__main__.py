"""Coverage-guided fuzzing with atheris: `python -m tests.fuzz keys -max_total_time=300`, or flows; `make fuzz` does both.

atheris is no dependency of the project: it has no wheel for each Python and system that we run on. New inputs
go to .cache/fuzz. What it found, and what covers most, is kept in tests/fuzz/corpus, for every run of the tests.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

KEPT = Path(__file__).parent / "corpus"


def main(name: str, *options: str) -> None:
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["ci_tokengate"]):
        target = import_module(f"tests.fuzz.{name}")
        for kept in sorted((KEPT / name).iterdir()):
            target.one(kept.read_bytes())  # what is imported when it is needed
    grown = Path(".cache/fuzz") / name
    grown.mkdir(parents=True, exist_ok=True)
    words = grown.with_suffix(".dict")
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.WORDS), encoding="ascii")
    given = [f"-dict={words}", f"-artifact_prefix={grown}-", "-timeout=10", *options]
    atheris.Setup([name, *given, str(grown), str(KEPT / name)], target.one)
    atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    main(*sys.argv[1:])
