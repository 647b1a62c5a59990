"""The report, put together."""

from __future__ import annotations

from dataclasses import replace

from ci_tokengate.core.showback.chargeback import charges
from ci_tokengate.core.showback.mix import findings_of, mix_of, model_tiers
from ci_tokengate.core.showback.names import Names, policy_tiers
from ci_tokengate.core.showback.period import local_day, zone_of
from ci_tokengate.core.showback.pulls import Merges, Pulls
from ci_tokengate.core.showback.read import ReadPulls
from ci_tokengate.core.showback.reading import Reading
from ci_tokengate.core.showback.sums import add_up
from ci_tokengate.core.showback.teams import Merged, added, team_figures
from ci_tokengate.core.showback.trend import by_team, months_of, together, weeks_of
from ci_tokengate.core.showback.trust import known_until, trust_of
from ci_tokengate.core.showback.utilisation import Progress
from ci_tokengate.core.showback.values import Showback


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
    read = ReadPulls(reading.pulls_read, as_of or now, zone)
    merges = Merged(known, read, only, month.first, month.end)
    spends = by_team((*reading.days, *reading.spent))
    tiers = model_tiers(sums.models, reading.policy)
    mix = mix_of(sums.models, tiers, reading.policy)
    teams = team_figures(reading, names, sums.teams, spends, merges, progress, today, only)
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
        per_pull=replace(added(t.per_pull for t in teams), never=read.never),
        teams=teams,
        tiers=policy_tiers(reading.policy).tiers,
        months=months_of(month, today, all_spends, all_merges, read.any),
        weeks=weeks_of(month, today, all_spends, all_merges, read.any),
        mix=mix,
        findings=findings_of(mix, tiers),
        tiers_from=tiers.source,
        chargeback=charges(sums, pulls, names),
        split_pulls=len(sums.owned),
        trust=trust_of(reading, sums, names, today),
    )


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
