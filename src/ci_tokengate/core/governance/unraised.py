"""A team's budget at the proxy as it is when no exemption is in force."""

from __future__ import annotations

from decimal import Decimal

from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.governance.desired import plan_in
from ci_tokengate.core.governance.shares import raised_at
from ci_tokengate.core.governance.team import TeamRecord


def unraised(record: TeamRecord) -> TeamBudget:
    """What a plan may be read from. A `max_budget` below what was added holds nothing of it any more."""
    most, raised = record.max_budget, raised_at(record)
    return TeamBudget(
        spend=record.spend or Decimal(0),
        max_budget=most if most is None or most < raised else most - raised,
        metadata_plan=plan_in(record),
    )
