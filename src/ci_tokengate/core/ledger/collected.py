"""What one collection has done. USD, UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.ledger.reconcile import Reconciliation
from ci_tokengate.core.ledger.records import Accepted
from ci_tokengate.core.ledger.sources import Sight, TeamFacts
from ci_tokengate.core.money import exact_sum
from ci_tokengate.errors import TokengateError, UsageError


class Outcome(str, Enum):
    """What became of a day in one collection."""

    READ = "read"
    UNCHANGED = "unchanged"
    SETTLED = "settled"


@dataclass(frozen=True, kw_only=True)
class Day:
    """`rows` were read now (0 where nothing was); `gone` is USD that the log shows no more."""

    day: date
    outcome: Outcome
    settled: bool
    rows: int = 0
    accepted: Accepted = field(default_factory=Accepted)
    gone: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class RepositoryRead:
    """`name` is today's; empty where the repository is gone. `trouble`: why it was not read."""

    asked: str
    name: str
    pulls: int = 0
    trouble: UsageError | None = None

    @property
    def renamed(self) -> bool:
        return bool(self.name) and self.name != self.asked


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What was done, and how the ledger compares. `troubles`: what could not be read besides."""

    proxy: str
    zone: str
    sight: Sight
    first: date
    end: date
    days: tuple[Day, ...]
    repositories: tuple[RepositoryRead, ...] = ()
    teams: tuple[TeamFacts, ...] = ()
    reconciliation: Reconciliation = field(default_factory=Reconciliation)
    troubles: tuple[TokengateError, ...] = ()

    @property
    def rows(self) -> int:
        return sum(day.rows for day in self.days)

    @property
    def gone(self) -> Decimal:
        return exact_sum(day.gone for day in self.days)
