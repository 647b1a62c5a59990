"""`baseline`: what teams spend when nothing stops them, and the plans that follow."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from ci_tokengate.core.governance.baseline import Baseline, baseline_of
from ci_tokengate.core.governance.names import names_of
from ci_tokengate.core.policy import Policy
from ci_tokengate.errors import UsageError
from ci_tokengate.ports.budgets import Progress, TeamBudgets

_A_DAY = timedelta(days=1)


def baseline(
    budgets: TeamBudgets,
    policy: Policy | None,
    *,
    today: date,
    days: int,
    teams: Collection[str],
    progress: Progress,
) -> list[Baseline]:
    """Of `teams` (names of the policy, or ids), or of all; those that spend most come first.

    Raises UsageError for a team that neither the policy nor the proxy knows.
    """
    names = {team.id: team.name for team in policy.teams.values()} if policy else {}
    known = {**names_of(budgets.teams(), names), **names}
    wanted = [i for i, name in known.items() if not teams or name in teams or i in teams]
    missing = [t for t in teams if t not in known and t not in known.values()]
    if missing:
        raise UsageError(
            f"Neither the policy nor the proxy knows a team {missing[0]!r}.",
            hint=f"There are: {', '.join(sorted(known.values())) or 'none'}.",
        )
    spend = budgets.daily_spend(today - days * _A_DAY, today - _A_DAY, progress=progress)
    found = [baseline_of(known[i], spend.get(i, {}), today=today, days=days) for i in wanted]
    return sorted(found, key=lambda b: (-b.total, b.team))
