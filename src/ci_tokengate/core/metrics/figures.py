"""A month's report as metrics of its teams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ci_tokengate.core.ledger.records import Spent, TeamDay
from ci_tokengate.core.metrics import values as m
from ci_tokengate.core.money import add_exactly
from ci_tokengate.core.showback.period import midnight, zone_of
from ci_tokengate.core.showback.values import PerPull, Showback, TeamFigures, Told, ratio
from ci_tokengate.core.tier import Tier

TEAM = "tokengate.team.name"
TEAM_ID = "tokengate.team.id"
TIER = "tokengate.budget.tier"
STATE = "vcs.change.state"
NO_TEAM = "(no team)"
_TIERS = (Tier.GREEN, Tier.AMBER, Tier.RED, Tier.HARD_STOP)


@dataclass
class _Tokens:
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def all_input(self) -> int:
        """As the conventions count it: caches included."""
        return self.input + self.cache_read + self.cache_write


def team_metrics(
    found: Showback,
    spent: Iterable[Spent],
    in_ledger: Iterable[TeamDay],
    at_proxy: Iterable[TeamDay],
) -> tuple[m.Metric, ...]:
    """`spent` and the days are those of the report's month. What is unknown has no point: never a zero."""
    tokens = _tokens(spent)
    differences = _differences(in_ledger, at_proxy)
    of_team: dict[m.Instrument, Callable[[TeamFigures], Decimal | int | None]] = {
        m.SPEND: lambda t: t.per_pull.spend,
        m.PROVISIONAL: lambda t: t.open_cost,
        m.PLAN: lambda t: t.utilisation.plan,
        m.UTILIZATION: lambda t: ratio(t.per_pull.spend, t.utilisation.plan or 0),
        m.COVERAGE: lambda t: _coverage(t, whole=found.trust.whole),
        m.DIFFERENCE: lambda t: differences.get(t.id),
        m.UNPRICED: lambda t: t.unpriced,
        m.PER_MERGED: lambda t: t.per_pull.per_merged,
        m.INPUT: lambda t: tokens[t.id].all_input,
        m.OUTPUT: lambda t: tokens[t.id].output,
        m.CACHE_READ: lambda t: tokens[t.id].cache_read,
        m.CACHE_WRITE: lambda t: tokens[t.id].cache_write,
    }
    metrics = [_metric(i, [(_team(t), of(t)) for t in found.teams]) for i, of in of_team.items()]
    merged = [({**_team(t), STATE: "merged"}, _merged(t.per_pull)) for t in found.teams]
    tiers = [
        ({**_team(t), TIER: tier.value}, int(t.utilisation.tier is tier))
        for t in found.teams
        if t.utilisation.tier is not Tier.NONE
        for tier in _TIERS
    ]
    start = midnight(found.first, zone_of(found.zone))
    metrics += [
        _metric(m.MERGED, merged),
        _metric(m.TIER, tiers),
        _metric(m.PERIOD, [({}, _seconds(start))]),
        _metric(m.READ, [({}, _seconds(found.as_of))]),
    ]
    known = sorted((x for x in metrics if x.points), key=lambda x: m.ALL.index(x.instrument))
    return tuple(known)


def _metric(
    instrument: m.Instrument, told: Iterable[tuple[Mapping[str, str], Decimal | int | None]]
) -> m.Metric:
    points = [m.Point(labels=labels, value=Decimal(v)) for labels, v in told if v is not None]
    return m.Metric(instrument=instrument, points=tuple(points))


def _team(team: TeamFigures) -> dict[str, str]:
    return {TEAM: team.name or NO_TEAM, TEAM_ID: team.id}


def _merged(found: PerPull) -> int | None:
    return None if found.told is Told.UNKNOWN else found.merged


def _coverage(team: TeamFigures, *, whole: bool) -> Decimal | None:
    return ratio(team.per_pull.attributed, team.per_pull.spend) if whole else None


def _tokens(spent: Iterable[Spent]) -> dict[str, _Tokens]:
    found: dict[str, _Tokens] = defaultdict(_Tokens)
    for row in spent:
        team = found[row.team_id]
        team.input += row.input_tokens
        team.output += row.output_tokens
        team.cache_read += row.cache_read_tokens
        team.cache_write += row.cache_write_tokens
    return found


def _differences(in_ledger: Iterable[TeamDay], at_proxy: Iterable[TeamDay]) -> dict[str, Decimal]:
    """USD by team; only of teams and days that the proxy was asked about."""
    ours: dict[tuple[str, str, object], Decimal] = defaultdict(Decimal)
    for day in in_ledger:
        name = day.proxy, day.team_id, day.day
        ours[name] = add_exactly(ours[name], day.spend)
    found: dict[str, Decimal] = {}
    for day in at_proxy:
        here = ours.get((day.proxy, day.team_id, day.day), Decimal(0))
        gap = add_exactly(here, -day.spend)
        found[day.team_id] = add_exactly(found.get(day.team_id, Decimal(0)), gap)
    return found


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
