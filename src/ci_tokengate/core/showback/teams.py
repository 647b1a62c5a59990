"""Each team's line: what it merged, what that cost, and where its budget stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from ci_tokengate.core.showback.names import Names, policy_tiers
from ci_tokengate.core.showback.pulls import Merges
from ci_tokengate.core.showback.read import ReadPulls
from ci_tokengate.core.showback.reading import Reading
from ci_tokengate.core.showback.sums import TeamSum
from ci_tokengate.core.showback.trend import months_of
from ci_tokengate.core.showback.utilisation import Progress, utilisation
from ci_tokengate.core.showback.values import PerPull, TeamFigures


class Merged:
    """Merged pull requests by team and local day; those of the month with what became of them."""

    def __init__(
        self, known: Merges, read: ReadPulls, only: str | None, first: date, end: date
    ) -> None:
        self.read, self._month = read, (first, end)
        self.days: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
        self.teams: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for name, day, team_id in known.told():
            if only is not None and team_id != only:
                continue
            self.days[team_id][day] += 1
            if first <= day < end:
                counts = self.teams[team_id]
                counts[0] += 1
                counts[1] += known.stands(name)
                counts[2] += known.paid_for(name)

    def all_days(self) -> dict[date, int]:
        found: dict[date, int] = defaultdict(int)
        for days in self.days.values():
            for day, count in days.items():
                found[day] += count
        return found

    def per_pull(self, team_id: str, spent: TeamSum | None) -> PerPull:
        spent = spent or TeamSum()
        merged, standing, assisted = self.teams.get(team_id, (0, 0, 0))
        return PerPull(
            spend=spent.cost,
            attributed=spent.attributed,
            abandoned=spent.abandoned,
            merged=merged,
            standing=standing,
            assisted=assisted,
            unread=self.read.unread(spent.repositories, *self._month),
            never=self.read.never,
        )


def team_figures(
    reading: Reading,
    names: Names,
    sums: Mapping[str, TeamSum],
    spends: Mapping[str, Mapping[date, Decimal]],
    merged: Merged,
    progress: Progress,
    today: date,
    only: str | None,
) -> tuple[TeamFigures, ...]:
    """Those that spent, merged or have a budget, the dearest first; what has no team last."""
    tiers = policy_tiers(reading.policy).tiers

    def line(team_id: str) -> TeamFigures:
        spent = sums.get(team_id) or TeamSum()
        budgets = [b for b in reading.budgets if b.team_id == team_id]
        days, merges = spends.get(team_id, {}), merged.days.get(team_id, {})
        return TeamFigures(
            id=team_id,
            name=names.of(team_id),
            cost_center=names.cost_center(team_id),
            per_pull=merged.per_pull(team_id, spent),
            utilisation=utilisation(spent.cost, names.declared(team_id), budgets, tiers, progress),
            months=months_of(reading.month, today, days, merges, merged.read.any),
            open_cost=spent.open_cost,
            unpriced=spent.unpriced,
        )

    lines = map(line, {*sums, *merged.teams, *_planned(reading, only)})
    return tuple(sorted(lines, key=lambda t: (not t.id, -t.per_pull.spend, t.name, t.id)))


def _planned(reading: Reading, only: str | None) -> set[str]:
    """Teams with a plan are shown though they spent nothing. A proxy has many others, and most are asleep."""
    if only is not None:
        return {only}
    declared = reading.policy.teams.values() if reading.policy else ()
    planned = {b.team_id for b in reading.budgets if b.plan is not None}
    return {team.id for team in declared} | planned


def added(parts: Iterable[PerPull]) -> PerPull:
    parts = list(parts)
    return PerPull(
        spend=sum((p.spend for p in parts), Decimal(0)),
        attributed=sum((p.attributed for p in parts), Decimal(0)),
        abandoned=sum((p.abandoned for p in parts), Decimal(0)),
        merged=sum(p.merged for p in parts),
        standing=sum(p.standing for p in parts),
        assisted=sum(p.assisted for p in parts),
        unread=frozenset().union(*(p.unread for p in parts)),
        never=any(p.never for p in parts),
    )
