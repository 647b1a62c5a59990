"""Three ways to see signs of keys in a text, which lead to the same findings.

Hyperscan and RE2 are taken where they are installed; the standard library serves everywhere.
"""

from __future__ import annotations

from typing import Protocol

from ci_tokengate.errors import UsageError
from ci_tokengate.scan.engines.literal import Literal
from ci_tokengate.scan.keys.find import Signs

NAMES = ("auto", "hyperscan", "re2", "python")


class Engine(Protocol):
    """`signs` may say too much, never too little."""

    @property
    def name(self) -> str: ...

    def signs(self, data: bytes) -> Signs: ...


def choose(name: str = "auto") -> Engine:
    """Raises UsageError for an engine that is asked for by name and not installed."""
    for wanted in ("hyperscan", "re2") if name == "auto" else (name,):
        if wanted == "python":
            break
        try:
            return _open(wanted)
        except ImportError as error:
            if name != "auto":
                raise UsageError(
                    f"The engine {name!r} is not installed here.",
                    hint="pip install 'ci-tokengate[scan]', or --engine python.",
                ) from error
    return Literal()


def _open(name: str) -> Engine:
    if name == "hyperscan":
        from ci_tokengate.scan.engines.hyper import Hyperscan

        return Hyperscan()
    from ci_tokengate.scan.engines.second import Re2

    return Re2()
