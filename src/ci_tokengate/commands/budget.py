"""`budget plan` and `budget apply`: the policy's plans against the budgets at the proxy."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ci_tokengate.core.governance.shares import living, shares_of
from ci_tokengate.core.governance.team import BudgetPlan, Shares, TeamRecord
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.lifecycle import budgets as lifecycle
from ci_tokengate.ports.budgets import TeamBudgets

apply = lifecycle.apply


def plan(
    budgets: TeamBudgets, policy: Policy, *, now: datetime, teams: Collection[str] = ()
) -> BudgetPlan:
    """As `lifecycle.budgets.plan`. Nobody is asked here who agreed to an exemption, so none is begun:

    what `exempt sync` has raised stays while its windows last, and goes afterwards.
    """

    def kept(team: Team, record: TeamRecord) -> Shares:
        return living(shares_of(record), now)

    return lifecycle.plan(budgets, policy, kept, now=now, teams=teams)
