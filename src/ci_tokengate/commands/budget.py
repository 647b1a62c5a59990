"""`budget plan` and `budget apply`: the policy's plans against the budgets at the proxy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from ci_tokengate.core.governance.desired import Applied, BudgetPlan, change_of
from ci_tokengate.core.governance.exemption import Exemption
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import TokengateError
from ci_tokengate.ports.budgets import TeamBudgets


def plan(
    budgets: TeamBudgets,
    policy: Policy,
    exemptions: Sequence[Exemption],
    *,
    now: datetime,
    teams: Collection[str] = (),
) -> BudgetPlan:
    """Of the policy's `teams`, or of all. Reads only. Raises UsageError for a team it does not name."""
    wanted = [policy.team(name) for name in teams] or [*policy.teams.values()]
    records = {record.id: record for record in budgets.teams()}
    changes = (
        change_of(
            team,
            policy.tiers,
            records.get(team.id),
            [e.extra for e in exemptions if e.team == team.name and e.in_force(now)],
        )
        for team in wanted
    )
    named = {team.id for team in policy.teams.values()}
    strangers = (r for r in records.values() if r.id not in named)
    return BudgetPlan(changes=tuple(changes), strangers=tuple(strangers) if not teams else ())


def apply(budgets: TeamBudgets, found: BudgetPlan) -> Iterator[Applied]:
    """Team by team; one that cannot be changed does not keep the others from being."""
    for change in found.changes:
        if not change.differences:
            continue
        try:
            budgets.set_budget(change)
        except TokengateError as error:
            yield Applied(change=change, trouble=error)
        else:
            yield Applied(change=change)
