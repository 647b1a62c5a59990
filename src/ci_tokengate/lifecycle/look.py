"""One look at all teams: their day against the week before, and their tier."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ci_tokengate.core.governance.names import names_of
from ci_tokengate.core.governance.spike import Reading, Spike, read_day
from ci_tokengate.core.governance.team import TeamRecord
from ci_tokengate.core.money import exact_sum
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.core.watch.tiered import with_tier
from ci_tokengate.core.watch.watched import TeamWatch
from ci_tokengate.core.watch.window import Span, Window, could_be_spike, local_spend
from ci_tokengate.errors import TokengateError, UsageError
from ci_tokengate.lifecycle.explain import Booked, explain
from ci_tokengate.ports.budgets import Progress, TeamBudgets
from ci_tokengate.ports.watch import TeamLog

AT_ONCE = 4
"""Teams whose log is read at the same time."""
EXPLAINED = 25
"""Teams whose day is broken down, those that spent most."""
_ZERO = Decimal(0)
Days = Mapping[str, Mapping[date, Decimal]]


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the teams are looked at. `log` None: nobody may read the proxy's log.

    `progress` is told of the proxy's days, `reading` of teams whose log is read.
    """

    policy: Policy
    window: Window
    log: TeamLog | None
    progress: Progress = lambda done, of: None
    reading: Progress = lambda done, of: None


def wanted(records: Sequence[TeamRecord], policy: Policy, names: Collection[str]) -> list[Team]:
    """All that the proxy knows, by the policy's names where it has any; or those of `names`.

    Raises UsageError for a team that neither knows.
    """
    named = {team.id: team for team in policy.teams.values()}
    there = names_of(records, {i: team.name for i, team in named.items()})
    found = [named.get(i) or Team(name=name, id=i) for i, name in there.items()]
    known = {t for team in (*found, *named.values()) for t in (team.name, team.id)}
    missing = [name for name in names if name not in known]
    if missing:
        raise UsageError(
            f"Neither the policy nor the proxy knows a team {missing[0]!r}.",
            hint=f"There are: {', '.join(sorted({t.name for t in found})) or 'none'}.",
        )
    return [t for t in found if not names or t.name in names or t.id in names]


def look(
    budgets: TeamBudgets, how: Look, names: Collection[str] = ()
) -> tuple[list[TeamWatch], list[TokengateError]]:
    """Every team's day and tier. What of the log could not be read is told, and its team left as usual.

    Raises what `budgets` raises.
    """
    records = {record.id: record for record in budgets.teams()}
    teams = wanted([*records.values()], how.policy, names)
    days = budgets.daily_spend(how.window.first, how.window.last, progress=how.progress)
    seen = [_seen(team, days.get(team.id, {}), how) for team in teams]
    doubtful = [t for t in seen if not t.exact and _may_spike(t, days, how)]
    told, troubles = _each(doubtful, lambda t: _exact(t, days[t.team_id], how), how.reading)
    sure = {t.team_id: t for t in told}
    tiers = how.policy.tiers
    pairs = [(sure.get(t.team_id, t), team) for t, team in zip(seen, teams, strict=True)]
    return [with_tier(t, team, records[t.team_id], tiers) for t, team in pairs], troubles


def explained(
    teams: Sequence[TeamWatch], how: Look, known: Booked
) -> tuple[list[TeamWatch], list[TokengateError]]:
    """The same teams, those that are out of the ordinary with what their day is made of."""
    spiking = sorted((t for t in teams if t.spikes), key=lambda t: -t.day.today)[:EXPLAINED]

    def one(team: TeamWatch) -> TeamWatch:
        told = explain(team.team_id, team.day.today, how.window, known, how.log)
        return replace(team, breakdown=told[0], cause=told[1]) if told else team

    told, troubles = _each(spiking, one, how.reading)
    by_id = {t.team_id: t for t in told}
    return [by_id.get(t.team_id, t) for t in teams], troubles


def _seen(team: Team, spend: Mapping[date, Decimal], how: Look) -> TeamWatch:
    """By the proxy's UTC days: exact where they are the zone's, else the widest reading of them."""
    window = how.window
    exact = window.exact
    today = spend.get(window.day, _ZERO) if exact else _most_today(spend, window)
    days = local_spend(spend, window, today=today, edges=[_ZERO] * len(window.edges))
    day = read_day(team.name, days, day=window.day, rule=how.policy.watch.spike)
    return TeamWatch(team=team.name, team_id=team.id, day=day, exact=exact)


def _most_today(spend: Mapping[date, Decimal], window: Window) -> Decimal:
    return exact_sum(max(a, _ZERO) for d, a in spend.items() if d >= window.begins.date())


def _may_spike(team: TeamWatch, days: Days, how: Look) -> bool:
    return could_be_spike(days.get(team.team_id, {}), how.window, how.policy.watch.spike)


def _exact(team: TeamWatch, spend: Mapping[date, Decimal], how: Look) -> TeamWatch:
    """Raises what the log raises, and UsageError where there is none to read."""
    log, window = how.log, how.window
    if log is None:
        raise UsageError(
            "Days of this zone take the proxy's log, and no key that may read it is given.",
            hint="Set TOKENGATE_READING_KEY (docs/collect.md says how to make one).",
        )

    def of(span: Span) -> Decimal:
        return exact_sum(r.spend for r in log.rows(team.team_id, since=span[0], until=span[1]))

    edges, today = [of(span) for span in window.edges], of(window.today)

    def read(late: Decimal) -> Spike:
        days = local_spend(spend, window, today=today, edges=edges, late=late)
        return read_day(team.team, days, day=window.day, rule=how.policy.watch.spike)

    day = read(_ZERO)
    if day.reading is Reading.TOO_NEW:
        day = read(of(window.late))
    return replace(team, day=day, exact=True)


def _each(
    teams: Sequence[TeamWatch], work: Callable[[TeamWatch], TeamWatch], progress: Progress
) -> tuple[list[TeamWatch], list[TokengateError]]:
    """Some at once; what goes wrong with one keeps none of the others from being looked at."""
    done: list[TeamWatch] = []
    troubles: list[TokengateError] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for n, waiting in enumerate([pool.submit(work, team) for team in teams], 1):
            progress(n, len(teams))
            try:
                done.append(waiting.result())
            except TokengateError as error:
                troubles.append(error)
    return done, troubles
