"""What a team spent, merged and may spend: three of the four numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.showback.values.ratio import ratio
from ci_tokengate.core.tier import Tier


class Told(str, Enum):
    """How much is known of a number."""

    WHOLE = "whole"
    AT_LEAST = "at least"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class PerPull:
    """The first number: what a merged pull request costs.

    `spend` is all that the team spent in the month, `merged` the pull requests merged in it, by
    the ledger's zone. `attributed` came from jobs of ours, `abandoned` went into pull requests that
    were closed unmerged. `standing` are merged ones that no later one undid, and that undo none.
    `assisted` of the merged ones have spend of their own. `unread`: repositories, in lower case, that
    the spend was for and whose pull requests were not read for all of the month; `never`: no
    repository's were.
    """

    spend: Decimal
    attributed: Decimal
    abandoned: Decimal
    merged: int
    standing: int
    assisted: int
    unread: frozenset[str] = frozenset()
    never: bool = False

    @property
    def told(self) -> Told:
        """How far `merged` can be relied on: none read is not none merged."""
        if not (self.unread or self.never):
            return Told.WHOLE
        return Told.AT_LEAST if self.merged else Told.UNKNOWN

    @property
    def per_merged(self) -> Decimal | None:
        return ratio(self.spend, self.merged)

    @property
    def per_merged_attributed(self) -> Decimal | None:
        return ratio(self.attributed, self.merged)

    @property
    def per_standing(self) -> Decimal | None:
        """Net of what was reverted."""
        return ratio(self.spend, self.standing)

    @property
    def abandoned_share(self) -> Decimal | None:
        return ratio(self.abandoned, self.spend)


@dataclass(frozen=True, kw_only=True)
class Period:
    """A month or an ISO week of the trend. Indexes are 100 at the first period that is not zero.

    `merged` is None where no repository's pull requests were read for it.
    """

    label: str
    first: date
    end: date
    spend: Decimal
    merged: int | None
    partial: bool = False
    spend_index: Decimal | None = None
    output_index: Decimal | None = None

    @property
    def per_merged(self) -> Decimal | None:
        return ratio(self.spend, self.merged or 0)


@dataclass(frozen=True, kw_only=True)
class Utilisation:
    """The third number: the month's spend against the plan. Percentages are of the plan.

    `plan_from` says where the plan was read; `plan_period` is for how long the proxy has it, in its
    words, where that is no month: `plan` is what it makes of a month. `forecast` is of the month's end, `method` how it was
    made. `proxy_spend` is the proxy's own figure for its own budget period, which `resets_at` ends.
    """

    spend: Decimal
    plan: Decimal | None
    plan_from: str
    plan_period: str
    tier: Tier
    method: str
    forecast: Decimal | None = None
    forecast_tier: Tier = Tier.NONE
    proxy_spend: Decimal | None = None
    proxy_as_of: datetime | None = None
    resets_at: datetime | None = None
    max_budget: Decimal | None = None

    @property
    def percent(self) -> Decimal | None:
        return None if not self.plan else self.spend * 100 / self.plan

    @property
    def forecast_percent(self) -> Decimal | None:
        return None if not self.plan or self.forecast is None else self.forecast * 100 / self.plan


@dataclass(frozen=True, kw_only=True)
class TeamFigures:
    """One team. `id` is the proxy's; empty where the spend or the pull requests have no team.

    `months` are those of the trend.
    """

    id: str
    name: str
    cost_center: str
    per_pull: PerPull
    utilisation: Utilisation
    months: tuple[Period, ...]
    open_cost: Decimal
    unpriced: int
