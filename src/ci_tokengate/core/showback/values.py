"""The report as one frozen value. USD, unrounded; `None` is what cannot be told, never a zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.policy import ModelTier, Tiers
from ci_tokengate.core.verdict import Tier


def ratio(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """None where there is nothing to divide by."""
    return Decimal(part) / Decimal(whole) if whole else None


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

    `plan_from` says where the plan was read. `forecast` is of the month's end, `method` how it was
    made. `proxy_spend` is the proxy's own figure for its own budget period, which `resets_at` ends.
    """

    spend: Decimal
    plan: Decimal | None
    plan_from: str
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


@dataclass(frozen=True, kw_only=True)
class ModelShare:
    """One model within a use case. `tier` is None where neither policy nor prices tell it."""

    model: str
    tier: ModelTier | None
    cost: Decimal
    requests: int
    tokens: int
    unpriced: int


@dataclass(frozen=True, kw_only=True)
class UseCaseMix:
    """The fourth number. `use_case` is empty for what came from no job of ours.

    `needs` is the tier that its task asks for, by the policy or else by its name (`needs_from`).
    """

    use_case: str
    attributed: bool
    needs: ModelTier | None
    needs_from: str
    models: tuple[ModelShare, ...]

    @property
    def cost(self) -> Decimal:
        return sum((m.cost for m in self.models), Decimal(0))

    @property
    def requests(self) -> int:
        return sum(m.requests for m in self.models)

    @property
    def tokens(self) -> int:
        return sum(m.tokens for m in self.models)

    def of_tier(self, tier: ModelTier | None) -> tuple[ModelShare, ...]:
        return tuple(m for m in self.models if m.tier is tier)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A model above what the task needs: a routing problem, not a budget problem.

    `saving` is what the same tokens would have cost less at the tier that is needed, by this
    month's own average price of that tier; None where the month has no such price.
    """

    use_case: str
    model: str
    tier: ModelTier
    needs: ModelTier
    cost: Decimal
    share: Decimal
    saving: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What a cost center is charged; empty for spend that has none.

    `direct` by its keys and teams, `split` its parts of pull requests that several owners share,
    `unattributed` spend of its teams that came from no job of ours.
    """

    cost_center: str
    direct: Decimal
    split: Decimal
    unattributed: Decimal

    @property
    def total(self) -> Decimal:
        return self.direct + self.split + self.unattributed


@dataclass(frozen=True, kw_only=True)
class DayDifference:
    """One team on one UTC day where ledger and proxy differ. `open`: the day is not settled yet."""

    proxy: str
    team: str
    day: date
    ledger: Decimal
    at_proxy: Decimal
    open: bool

    @property
    def difference(self) -> Decimal:
        return self.ledger - self.at_proxy


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """The ledger against the proxy's own totals, per team and UTC day.

    `compared` team days are known from both; `uncompared` only the ledger has. `worst` are the
    largest differences; `differing` counts all of them, `settling` those of days that are not settled.
    """

    compared: int
    uncompared: int
    differing: int
    settling: int
    ledger: Decimal
    at_proxy: Decimal
    worst: tuple[DayDifference, ...]

    @property
    def difference(self) -> Decimal:
        return self.ledger - self.at_proxy


@dataclass(frozen=True, kw_only=True)
class Trust:
    """How far the figures can be trusted.

    `whole` is False where not all spend could be seen: the proxy was never read by `collect`, or by a
    credential that saw only its own keys' rows. `open_cost` may
    still grow. `unpriced`: requests with tokens and no price, by model. `corrected`: booked in this
    month for closed ones. `gone`: what the ledger knows and the proxy's log shows no more.
    `unread_days`: days of the month whose log was never read. `unknown_pulls`: spend on pull
    requests that the code host did not show.
    """

    total: Decimal
    attributed: Decimal
    whole: bool
    open_cost: Decimal
    unpriced: tuple[tuple[str, int], ...]
    corrected: Decimal
    gone: Decimal
    unread_days: int
    unknown_pulls: Decimal
    reconciliation: Reconciliation

    @property
    def coverage(self) -> Decimal | None:
        """Attributed of all spend; None where not all spend could be seen."""
        return ratio(self.attributed, self.total) if self.whole else None


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
