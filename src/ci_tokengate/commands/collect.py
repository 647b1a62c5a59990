"""`collect`: the proxy's log and the code host's pull requests into a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from ci_tokengate.core.ledger.collected import Collected, Day, RepositoryRead
from ci_tokengate.core.ledger.owners import Owner
from ci_tokengate.core.ledger.reconcile import Reconciliation, reconciled
from ci_tokengate.core.ledger.records import BudgetRecord
from ci_tokengate.core.ledger.sources import Sight, TeamFacts
from ci_tokengate.core.policy import Team
from ci_tokengate.core.showback.period import midnight, zone_of
from ci_tokengate.errors import TokengateError, UndecidedError, UsageError
from ci_tokengate.lifecycle.collect_days import Days, Progress
from ci_tokengate.lifecycle.collect_pulls import collect_pulls
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.ports.pulls import PullHistory
from ci_tokengate.ports.spend_log import SpendLog

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """UTC days from `first` up to and without `end` (None: to the present one).

    `repositories` None: all that keys were minted for. `teams` and `owners` are the policy's.
    """

    first: date
    end: date | None = None
    repositories: Sequence[str] | None = None
    teams: Sequence[Team] = ()
    owners: Sequence[Owner] = ()


def collect(
    log: SpendLog,
    history: PullHistory | None,
    ledger: Ledger,
    wanted: Wanted,
    *,
    progress: Progress = lambda _day, _rows: None,
) -> Collected:
    """The log first, then what stands beside it. `history` None: without pull requests.

    Raises what SpendLog and Ledger raise: all days that were done before are whole in the ledger, and
    the next collection goes on. What the code host refuses is told among `troubles`.
    """
    sight, zone = log.sight(), ledger.facts().zone
    first, end = _window(wanted, sight.now)
    days = Days(log, ledger, sight, zone_of(zone))
    done = [days.read(day, progress) for day in _newest_first(first, end)]
    teams = _budgets(log, ledger, sight, wanted.teams)
    repositories: list[RepositoryRead] = []
    troubles: list[TokengateError] = []
    if history is not None:
        names = ledger.repositories() if wanted.repositories is None else wanted.repositories
        since = midnight(first.replace(day=1), zone_of(zone))  # merged ones are counted by month
        try:
            for one in collect_pulls(
                history, ledger, names, wanted.owners, since=since, now=sight.now
            ):
                repositories.append(one)
        except UndecidedError as error:
            troubles.append(error)
        troubles += [one.trouble for one in repositories if one.trouble is not None]
    return Collected(
        proxy=log.proxy,
        zone=zone,
        sight=sight,
        first=first,
        end=end,
        days=tuple(sorted(done, key=lambda d: d.day)),
        repositories=tuple(repositories),
        teams=tuple(teams),
        reconciliation=_reconciled(log.proxy, ledger, first, end, done, whole=sight.whole),
        troubles=tuple(troubles),
    )


def _window(wanted: Wanted, now: datetime) -> tuple[date, date]:
    """Raises UsageError for days that are still to come."""
    tomorrow = now.date() + _DAY
    end = min(wanted.end or tomorrow, tomorrow)
    if wanted.first >= end:
        raise UsageError(
            f"There is no day to read from {wanted.first} on: the proxy's date is {now.date()}.",
            hint="Give --since a day of the past, before --until.",
        )
    return wanted.first, end


def _newest_first(first: date, end: date) -> list[date]:
    return [end - _DAY * n for n in range(1, (end - first).days + 1)]


def _budgets(
    log: SpendLog, ledger: Ledger, sight: Sight, declared: Sequence[Team]
) -> list[TeamFacts]:
    """Those of all teams, or of the policy's where the credential sees no others."""
    names = {team.id: team for team in declared}
    found = log.teams() if sight.whole else [t for n in names if (t := log.team(n)) is not None]
    named = [replace(t, name=names[t.id].name if t.id in names else t.id) for t in found]
    ledger.put_budgets(
        [
            BudgetRecord(
                proxy=log.proxy,
                team_id=team.id,
                team=team.name,
                as_of=sight.now,
                plan=_plan(team, names.get(team.id)),
                spend=team.spend,
                max_budget=team.max_budget,
                resets_at=team.resets_at,
                period=team.period,
            )
            for team in named
            if not team.trouble
        ]
    )
    return named


def _plan(team: TeamFacts, declared: Team | None) -> Decimal | None:
    """As the gate takes it: the policy's, else the proxy's metadata's, else its budget (DESIGN D3)."""
    if declared is not None and declared.plan is not None:
        return declared.plan
    return team.max_budget if team.plan is None else team.plan


def _reconciled(
    proxy: str, ledger: Ledger, first: date, end: date, done: Sequence[Day], *, whole: bool
) -> Reconciliation:
    with ledger.snapshot():
        spent = (s for s in ledger.spent_by_team(first, end) if s.proxy == proxy and s.attributed)
        return reconciled(
            proxy,
            ledger.team_days(first, end) if whole else (),
            ledger.team_totals(first, end),
            attributed=(s.cost for s in spent),
            known=frozenset(d.day for d in done) if whole else frozenset(),
            provisional=frozenset(d.day for d in done if not d.settled),
        )
