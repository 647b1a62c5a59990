"""`budget plan` and `budget apply`: the policy's plans against the budgets at the proxy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from ci_tokengate.core.governance.desired import raised_at
from ci_tokengate.core.governance.exemption import Exemption, extra_for_team
from ci_tokengate.core.governance.team import BudgetPlan, TeamRecord
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.lifecycle import budgets as lifecycle
from ci_tokengate.ports.budgets import TeamBudgets

apply = lifecycle.apply


def plan(
    budgets: TeamBudgets,
    policy: Policy,
    exemptions: Sequence[Exemption],
    *,
    now: datetime,
    teams: Collection[str] = (),
) -> BudgetPlan:
    """As `lifecycle.budgets.plan`. Nobody is asked here who agreed to an exemption, so none is begun:

    what `exempt sync` has raised stays while its window lasts, and goes afterwards.
    """

    def kept(team: Team, record: TeamRecord) -> Decimal:
        return min(raised_at(record), extra_for_team(exemptions, team=team.name, now=now))

    return lifecycle.plan(budgets, policy, kept, teams=teams)
