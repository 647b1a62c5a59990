"""The answer to whether a job may run, with the figures that explain it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.budget import Plan
from ci_tokengate.core.runaway import Reached
from ci_tokengate.core.tier import Tier


class Outcome(Enum):
    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


class Cause(Enum):
    """Why the outcome is what it is; each has its own text in `render.verdict`."""

    WITHIN_PLAN = "within plan"
    NEAR_PLAN = "near plan"
    OVER_PLAN = "over plan"
    HARD_STOP = "hard stop"
    PLAN_IS_ZERO = "plan is zero"
    NO_PLAN = "no plan"
    TEAM_BLOCKED = "team blocked"
    PR_CAP_SPENT = "pull request's cap spent"
    TEAM_LEFT_HELD = "what is left is held by running jobs"
    RUN_LIMIT = "limit of runs reached"
    EXEMPTED = "past the hard stop, within an exemption"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The answer, with the figures that explain it. USD; percentages are of the plan.

    remaining: to the hard stop, never below zero; None without a plan.
    would_block, observed_since: in observe mode, what enforcement would have done, and its start.
    bound, used, held: for a cap's cause: its amount, what is spent of it, what running keys hold.
    reached: for the cause of a limit of runs: which, and how many there are.
    exempted: what exemptions in force add to the hard stop; exempted_until: when that changes.
    """

    outcome: Outcome
    tier: Tier
    cause: Cause
    team: str
    use_case: str
    agentic: bool
    spend: Decimal
    plan: Plan
    hard_stop_percent: Decimal
    remaining: Decimal | None
    resets_at: datetime | None
    proxy_max_budget: Decimal | None = None
    would_block: bool = False
    observed_since: date | None = None
    bound: Decimal = Decimal(0)
    used: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    exempted: Decimal = Decimal(0)
    exempted_until: datetime | None = None
    reached: Reached | None = None

    @property
    def allowed(self) -> bool:
        return self.outcome is not Outcome.BLOCK

    @property
    def utilization(self) -> Decimal | None:
        """Spend in percent of the plan; None without a plan or with a plan of zero."""
        if not self.plan.amount:
            return None
        return self.spend * 100 / self.plan.amount

    @property
    def proxy_stops_at(self) -> Decimal | None:
        """Percent of plan at which the proxy refuses, where that is before our hard stop."""
        if not self.plan.amount or self.proxy_max_budget is None:
            return None
        percent = self.proxy_max_budget * 100 / self.plan.amount
        return percent if percent < self.hard_stop_percent else None
