"""The policy's plans, and exemptions in force, against the budgets at the proxy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from decimal import Decimal

from ci_tokengate.core.governance.desired import change_of, raised_at, raised_for, taken_back
from ci_tokengate.core.governance.team import Applied, BudgetPlan, TeamChange, TeamRecord
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.errors import TokengateError
from ci_tokengate.ports.budgets import TeamBudgets

Extra = Callable[[Team, TeamRecord], Decimal]
"""USD above the hard stop that a team should have now, given how it is at the proxy."""


def plan(
    budgets: TeamBudgets,
    policy: Policy,
    extra: Extra,
    *,
    teams: Collection[str] = (),
    owner: str = "",
) -> BudgetPlan:
    """Of the policy's `teams`, or of all. Reads only. Raises UsageError for a team it does not name.

    What was raised for a team that the policy has no plan for any more is taken back; of teams that it
    does not name, what was raised for `owner`, the policy's repository: another's policy may name them.
    """
    wanted = [policy.team(name) for name in teams] or [*policy.teams.values()]
    records = {record.id: record for record in budgets.teams()}
    changes = [_change(team, policy, records.get(team.id), extra, owner) for team in wanted]
    named = {team.id for team in policy.teams.values()}
    strangers = [] if teams else [r for r in records.values() if r.id not in named]
    left = [taken_back(r.alias or r.id, r) for r in strangers if owner and raised_for(r) == owner]
    return BudgetPlan(changes=(*changes, *left), strangers=tuple(strangers))


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


def _change(
    team: Team, policy: Policy, record: TeamRecord | None, extra: Extra, owner: str
) -> TeamChange:
    if team.plan is None and record is not None and raised_at(record):
        return taken_back(team.name, record)
    extras = [] if record is None or team.plan is None else [extra(team, record)]
    return change_of(team, policy.tiers, record, extras, owner)
