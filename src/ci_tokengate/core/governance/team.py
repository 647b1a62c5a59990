"""A team's budget at the proxy: as it is, as it should be, and what lies between. USD, UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from ci_tokengate.errors import TokengateError


@dataclass(frozen=True, kw_only=True)
class TeamRecord:
    """A team as the proxy has it. USD; `metadata` is whole, with what others wrote in it."""

    id: str
    alias: str
    spend: Decimal | None
    max_budget: Decimal | None
    soft_budget: Decimal | None
    budget_duration: str | None
    resets_at: datetime | None
    metadata: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one repository's exemptions add: USD, and when the last of their windows ends (UTC).

    `until` is None where nobody has noted it.
    """

    amount: Decimal
    until: datetime | None = None


Shares = Mapping[str, Share]
"""By repository (`owner/name`, in lower case). What nobody is named for is under the empty name."""


@dataclass(frozen=True, kw_only=True)
class Desired:
    """USD. `raised` is what of `max_budget` exemptions add at the moment, `shares` whose that is.

    `plan` None: what is written down stays. None as a budget is none: a proxy takes no `soft_budget` that is
    not below the other.
    """

    plan: Decimal | None
    soft_budget: Decimal | None
    max_budget: Decimal | None
    raised: Decimal = Decimal(0)
    shares: Shares = field(default_factory=dict)


class Why(Enum):
    """Why a team is left as it is."""

    NO_PLAN = "the policy gives it no plan"
    NOT_THERE = "the proxy knows no such team"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One setting: as it is and as it should be, both as text that JSON would have; None for unset."""

    name: str
    now: str | None
    wanted: str | None


@dataclass(frozen=True, kw_only=True)
class TeamChange:
    """What would change at one team. Nothing to do where there are no differences.

    `why` is set where nothing can be said. `period`: the budget period to set where none is, since
    a budget without one is never renewed.
    """

    team: str
    team_id: str
    record: TeamRecord | None = None
    desired: Desired | None = None
    differences: tuple[Difference, ...] = ()
    period: str | None = None
    why: Why | None = None


@dataclass(frozen=True, kw_only=True)
class BudgetPlan:
    """What would change, team by team of the policy. `strangers`: teams that the policy does not name."""

    changes: tuple[TeamChange, ...]
    strangers: tuple[TeamRecord, ...]

    @property
    def differs(self) -> bool:
        return any(change.differences for change in self.changes)


@dataclass(frozen=True, kw_only=True)
class Applied:
    """One team's change, and what came of it: nothing where it went well."""

    change: TeamChange
    trouble: TokengateError | None = None
