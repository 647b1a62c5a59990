"""What a ledger is collected from, besides rows: teams, and what a credential can see. USD, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a credential sees of a proxy: `whole` is the log of all teams, not of its own keys only.

    `now` is the proxy's time, by which its rows are dated; `ahead` is by how much this machine's
    clock is ahead of it.
    """

    whole: bool
    now: datetime
    ahead: timedelta = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class TeamFacts:
    """A team at the proxy, its spend and budget of the running period. `plan` is its metadata's.

    `period` is how long a budget is for, in the proxy's words: `7d`, `1mo`; empty where it never
    begins anew. `trouble` says, as a sentence, why its figures cannot be relied on: they are not recorded then.
    """

    id: str
    name: str
    spend: Decimal = Decimal(0)
    max_budget: Decimal | None = None
    plan: Decimal | None = None
    cost_center: str = ""
    resets_at: datetime | None = None
    period: str = ""
    trouble: str = ""
