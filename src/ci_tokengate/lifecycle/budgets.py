"""The policy's plans, and exemptions in force, against the budgets at the proxy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from ci_tokengate.core.governance.desired import change_of, taken_back
from ci_tokengate.core.governance.shares import shares_of, with_own
from ci_tokengate.core.governance.team import Applied, BudgetPlan, Shares, TeamChange, TeamRecord
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.errors import TokengateError
from ci_tokengate.ports.budgets import TeamBudgets

Extra = Callable[[Team, TeamRecord], Shares]
"""What exemptions should add to a team now, given how it is at the proxy."""


def plan(
    budgets: TeamBudgets,
    policy: Policy,
    extra: Extra,
    *,
    now: datetime,
    teams: Collection[str] = (),
    owner: str = "",
) -> BudgetPlan:
    """Of the policy's `teams`, or of all. Reads only. Raises UsageError for a team it does not name.

    Of teams that the policy has no plan for, or does not name, `owner`'s share is taken back (`owner` is
    the policy's repository), and whoever's window is over: that repository may be gone.
    """
    wanted = [policy.team(name) for name in teams] or [*policy.teams.values()]
    records = {record.id: record for record in budgets.teams()}
    changes = [_change(team, policy, records.get(team.id), extra, owner, now) for team in wanted]
    named = {team.id for team in policy.teams.values()}
    strangers = [] if teams else [r for r in records.values() if r.id not in named]
    left = [c for r in strangers if (c := _left(r.alias or r.id, r, owner, now))]
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
    team: Team,
    policy: Policy,
    record: TeamRecord | None,
    extra: Extra,
    owner: str,
    now: datetime,
) -> TeamChange:
    if record is None:
        return change_of(team, policy.tiers, None)
    if team.plan is None:
        left = _left(team.name, record, owner, now)
        return left or change_of(team, policy.tiers, record)
    return change_of(team, policy.tiers, record, extra(team, record))


def _left(name: str, record: TeamRecord, owner: str, now: datetime) -> TeamChange | None:
    """None where nothing is to be taken back. What nobody is named for stays."""
    there = shares_of(record)
    nobodys = {"": there[""]} if "" in there else {}
    kept = {**with_own(there, owner, None, now), **nobodys}
    return None if kept == there else taken_back(name, record, kept)
