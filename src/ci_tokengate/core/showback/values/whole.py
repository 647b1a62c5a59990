"""The whole report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ci_tokengate.core.policy import Tiers
from ci_tokengate.core.showback.values.mix import Charge, Finding, UseCaseMix
from ci_tokengate.core.showback.values.teams import Period, PerPull, TeamFigures
from ci_tokengate.core.showback.values.trust import Trust


@dataclass(frozen=True, kw_only=True)
class Showback:
    """The whole report. `as_of` is when the proxy was last read; None where it never was.

    `team` is the one that was asked for, empty for all of them. `tiers_from` says how models got
    their tiers.
    """

    month: str
    first: date
    end: date
    zone: str
    made_at: datetime
    as_of: datetime | None
    closed: bool
    over: bool
    team: str
    proxies: tuple[str, ...]
    per_pull: PerPull
    teams: tuple[TeamFigures, ...]
    tiers: Tiers
    months: tuple[Period, ...]
    weeks: tuple[Period, ...]
    mix: tuple[UseCaseMix, ...]
    findings: tuple[Finding, ...]
    tiers_from: str
    chargeback: tuple[Charge, ...]
    split_pulls: int
    trust: Trust
