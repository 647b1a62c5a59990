"""What the inventory says. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    PROXIED = "proxied"
    DIRECT = "direct"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One place. what: the agent, SDK or setting; where: its job or its kind of file; why: a clause for people."""

    repository: str = ""
    path: str
    line: int
    what: str
    where: str
    verdict: Verdict
    why: str


@dataclass(frozen=True, kw_only=True)
class Inventory:
    calls: tuple[Call, ...]

    def count(self, verdict: Verdict) -> int:
        return sum(call.verdict is verdict for call in self.calls)

    @property
    def coverage(self) -> float | None:
        """The part of all places that is surely proxied, 0 to 1; None where there is no place."""
        return self.count(Verdict.PROXIED) / len(self.calls) if self.calls else None
