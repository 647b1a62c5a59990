"""A team's budget as the proxy reports it, and the plan it is measured against (DESIGN D3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ci_tokengate.core.policy import Team, Tiers


class PlanSource(Enum):
    """Who says what a team may spend; the first that does counts (DESIGN D3)."""

    POLICY = "policy"
    METADATA = "team metadata"
    MAX_BUDGET = "max_budget at the proxy"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class TeamBudget:
    """USD; what the proxy says of a team. `max_budget` is where the proxy itself refuses."""

    spend: Decimal
    max_budget: Decimal | None = None
    metadata_plan: Decimal | None = None
    resets_at: datetime | None = None
    blocked: bool = False
    models: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """USD per budget period, with where the figure comes from."""

    amount: Decimal | None
    source: PlanSource

    def hard_stop(self, tiers: Tiers) -> Decimal | None:
        """The spend (USD) at which agentic use cases are blocked."""
        return None if self.amount is None else self.amount * tiers.hard_stop / 100


def plan_of(team: Team, budget: TeamBudget) -> Plan:
    """The policy's plan, else the team's metadata at the proxy, else its `max_budget`."""
    if team.plan is not None:
        return Plan(amount=team.plan, source=PlanSource.POLICY)
    if budget.metadata_plan is not None:
        return Plan(amount=budget.metadata_plan, source=PlanSource.METADATA)
    if budget.max_budget is not None:
        return Plan(amount=budget.max_budget, source=PlanSource.MAX_BUDGET)
    return Plan(amount=None, source=PlanSource.NONE)
