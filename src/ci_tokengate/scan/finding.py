"""What the scan finds: the only thing that passes between rules and renderers."""

from __future__ import annotations

from dataclasses import dataclass

from ci_tokengate.core.level import Level

__all__ = ["Finding", "Level"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One place in one file. Lines and columns count from 1; `end_column` is exclusive.

    `snippet` is redacted when it is made, so that no secret is ever in a Finding; `fingerprint`
    stays the same when lines move; `provider` is empty where the rule knows none; `fix` says what
    to do here, in one sentence.
    """

    rule: str
    level: Level
    path: str
    line: int
    column: int
    end_column: int
    message: str
    snippet: str
    fingerprint: str
    provider: str = ""
    fix: str = ""
