"""Which engine a scan runs on: Hyperscan or RE2 where they are installed, the standard library everywhere."""

from __future__ import annotations

from ci_tokengate.errors import UsageError
from ci_tokengate.scan.engines import Engine
from ci_tokengate.scan.engines.literal import Literal

NAMES = ("auto", "hyperscan", "re2", "python")


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
        from ci_tokengate.adapters.hyperscan_engine import Hyperscan

        return Hyperscan()
    from ci_tokengate.scan.engines.second import Re2

    return Re2()
