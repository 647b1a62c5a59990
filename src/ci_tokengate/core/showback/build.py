"""The report, put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from ci_tokengate.core.showback.chargeback import charges
from ci_tokengate.core.showback.mix import findings_of, mix_of, model_tiers
from ci_tokengate.core.showback.names import Names, policy_tiers
from ci_tokengate.core.showback.period import local_day, zone_of
from ci_tokengate.core.showback.pulls import Merges, Pulls
from ci_tokengate.core.showback.reading import Reading
from ci_tokengate.core.showback.reconcile import reconcile
from ci_tokengate.core.showback.sums import Sums, TeamSum, add_up
from ci_tokengate.core.showback.trend import by_team, months_of, together, weeks_of
from ci_tokengate.core.showback.utilisation import Progress, utilisation
from ci_tokengate.core.showback.values import PerPull, Showback, TeamFigures, Trust


def showback(reading: Reading, *, team: str = "") -> Showback:
    """All teams, or the one that is named. Raises UsageError for an unknown team or zone."""
    names = Names(reading)
    only = names.id_of(team, _seen(reading)) if team else None
    if only is not None:
        reading = _of_team(reading, only)
    zone = zone_of(reading.zone)
    month, now = reading.month, reading.now
    today = local_day(now, zone)
    pulls = Pulls(reading.pulls)
    known = Merges(reading.merges, reading.payers, reading.policy, zone)
    sums = add_up(reading.spent, pulls)
    as_of = known_until(reading)
    progress = Progress.of(month, as_of or now, now, zone)
    merges = _Merged(known, only, month.first, month.end)
    spends = by_team((*reading.days, *reading.spent))
    tiers = model_tiers(sums.models, reading.policy)
    mix = mix_of(sums.models, tiers, reading.policy)
    shown = {*sums.teams, *merges.teams, *_planned(reading, only)}
    per_pull = {t: merges.per_pull(t, sums.teams.get(t)) for t in shown}
    teams = tuple(
        TeamFigures(
            id=t,
            name=names.of(t),
            cost_center=names.cost_center(t),
            per_pull=per_pull[t],
            utilisation=utilisation(
                per_pull[t].spend,
                names.declared(t),
                [b for b in reading.budgets if b.team_id == t],
                policy_tiers(reading.policy).tiers,
                progress,
            ),
            months=months_of(month, today, spends.get(t, {}), merges.days.get(t, {})),
            open_cost=sums.teams[t].open_cost if t in sums.teams else Decimal(0),
            unpriced=sums.teams[t].unpriced if t in sums.teams else 0,
        )
        for t in sorted(shown, key=lambda t: (not t, -per_pull[t].spend, names.of(t), t))
    )
    all_spends, all_merges = together(spends.values()), merges.all_days()
    return Showback(
        month=str(month),
        first=month.first,
        end=month.end,
        zone=reading.zone,
        made_at=now,
        as_of=as_of,
        closed=reading.closed,
        over=progress.over,
        team=names.of(only) if only is not None else "",
        proxies=tuple(sorted({*sums.proxies, *(r.proxy for r in reading.reads)})),
        per_pull=_added(per_pull.values()),
        teams=teams,
        tiers=policy_tiers(reading.policy).tiers,
        months=months_of(month, today, all_spends, all_merges),
        weeks=weeks_of(month, today, all_spends, all_merges),
        mix=mix,
        findings=findings_of(mix, tiers),
        tiers_from=tiers.source,
        chargeback=charges(sums, pulls, names),
        split_pulls=len(sums.owned),
        trust=_trust(reading, sums, names, today),
    )


def known_until(reading: Reading) -> datetime | None:
    """When the proxy that was read longest ago was read; None where none ever was."""
    newest: dict[str, datetime] = {}
    for read in reading.reads:
        newest[read.proxy] = max(read.read_at, newest.get(read.proxy, read.read_at))
    return min(newest.values(), default=None)


def _seen(reading: Reading) -> set[str]:
    spent = {row.team_id for row in reading.spent}
    return spent | {day.team_id for day in reading.days} | {p.team_id for p in reading.payers}


def _of_team(reading: Reading, team_id: str) -> Reading:
    """Pull requests and payers stay: whose one is depends on who else paid."""
    return replace(
        reading,
        spent=[row for row in reading.spent if row.team_id == team_id],
        days=[day for day in reading.days if day.team_id == team_id],
        budgets=[b for b in reading.budgets if b.team_id == team_id],
        at_proxy=[day for day in reading.at_proxy if day.team_id == team_id],
        in_ledger=[day for day in reading.in_ledger if day.team_id == team_id],
    )


def _planned(reading: Reading, only: str | None) -> set[str]:
    """Teams with a budget are shown though they spent nothing."""
    if only is not None:
        return {only}
    declared = reading.policy.teams.values() if reading.policy else ()
    return {team.id for team in declared} | {b.team_id for b in reading.budgets}


class _Merged:
    """Merged pull requests by team and local day; those of the month with what became of them."""

    def __init__(self, known: Merges, only: str | None, first: date, end: date) -> None:
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
        )


def _added(parts: Iterable[PerPull]) -> PerPull:
    parts = list(parts)
    return PerPull(
        spend=sum((p.spend for p in parts), Decimal(0)),
        attributed=sum((p.attributed for p in parts), Decimal(0)),
        abandoned=sum((p.abandoned for p in parts), Decimal(0)),
        merged=sum(p.merged for p in parts),
        standing=sum(p.standing for p in parts),
        assisted=sum(p.assisted for p in parts),
    )


def _trust(reading: Reading, sums: Sums, names: Names, today: date) -> Trust:
    month = reading.month
    reads = [r for r in reading.reads if month.first <= r.day < month.end]
    unpriced: dict[str, int] = defaultdict(int)
    for (_, _, model), found in sums.models.items():
        unpriced[model] += found.unpriced
    return Trust(
        total=sum((t.cost for t in sums.teams.values()), Decimal(0)),
        attributed=sum((t.attributed for t in sums.teams.values()), Decimal(0)),
        whole=bool(reads) and all(r.whole for r in reads),
        open_cost=sum((t.open_cost for t in sums.teams.values()), Decimal(0)),
        unpriced=tuple(sorted((m, n) for m, n in unpriced.items() if n)),
        corrected=sums.corrected,
        gone=sum((r.gone for r in reads), Decimal(0)),
        unread_days=_unread(reading, today),
        unknown_pulls=sums.unknown_pulls,
        reconciliation=reconcile(reading.in_ledger, reading.at_proxy, reads, names),
    )


def _unread(reading: Reading, today: date) -> int:
    """UTC days of the month, before today, that no reading of some proxy covers."""
    days: Sequence[date] = [
        reading.month.first + timedelta(days=n)
        for n in range((min(reading.month.end, today) - reading.month.first).days)
    ]
    begun: dict[str, date] = {}
    for read in reading.reads:
        begun[read.proxy] = min(read.day, begun.get(read.proxy, read.day))
    covered = {(r.proxy, r.day) for r in reading.reads}
    return sum(
        1 for p, first in begun.items() for d in days if d >= first and (p, d) not in covered
    )
