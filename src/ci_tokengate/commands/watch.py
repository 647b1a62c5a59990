"""`watch`: which team's day is out of the ordinary, which tier changed, and telling it once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ci_tokengate.core.policy import Mode
from ci_tokengate.core.showback.period import zone_of
from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.alert import (
    ABOVE_GREEN,
    Alert,
    AlertKey,
    Raised,
    SpikeAlert,
    TierAlert,
    is_news,
    spike_key,
    tier_key,
    told_tier,
)
from ci_tokengate.core.watch.watched import TeamWatch, Watched
from ci_tokengate.errors import TokengateError, UndecidedError
from ci_tokengate.lifecycle.explain import Booked, booked
from ci_tokengate.lifecycle.look import EXPLAINED, Look, explained, look
from ci_tokengate.ports import Channel
from ci_tokengate.ports.budgets import TeamBudgets
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.ports.watch import AlertBook
from ci_tokengate.render.words import count

_FAILURES = 3
"""In a row, after which a sink is left alone for this run."""


@dataclass(frozen=True, kw_only=True)
class Sink:
    """Where alerts are told. `message` puts as many as `at_once` into one."""

    name: str
    channel: Channel
    message: Callable[[Sequence[Alert]], Mapping[str, object]]
    at_once: int = 1


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of one message: told, or why not."""

    sink: str
    alerts: int
    trouble: TokengateError | None = None


def watch(
    budgets: TeamBudgets,
    how: Look,
    book: AlertBook,
    ledger: Ledger | None,
    *,
    proxy: str,
    teams: Collection[str] = (),
    now_too: bool = False,
) -> Watched:
    """Looks, and says what is news to `book`; nothing is written.

    `now_too`: judge the day whatever the hour. Raises what `budgets` and `book` raise, and UsageError
    for a team that nobody knows.
    """
    window, zone = how.window, how.policy.zone
    local = window.now.astimezone(zone_of(zone))
    judged = now_too or local.hour >= how.policy.watch.hour
    found, troubles = look(budgets, how, teams)
    if judged:
        known, trouble = _booked(ledger, proxy, found, how)
        found, more = explained(found, how, known)
        troubles += [*trouble, *more]
    seen = Watched(
        proxy=proxy,
        zone=zone,
        at=window.now,
        day=window.day,
        rules=how.policy.watch,
        judged=judged,
        observing=how.policy.mode is Mode.OBSERVE,
        teams=tuple(found),
        troubles=tuple({t.message: t for t in troubles}.values()),
    )
    raised = book.raised()
    current = tuple(_current(seen, raised))
    before = {r.key for r in raised}
    return replace(seen, current=current, alerts=tuple(a for a in current if a.key not in before))


def tell(book: AlertBook, sinks: Sequence[Sink]) -> Iterator[Delivery]:
    """What each sink is owed, told. One that fails keeps none of the others from being told.

    Raises what `book` raises.
    """
    for sink in sinks:
        owed, failures = list(book.take(sink.name)), 0
        while owed:
            left_alone = failures == _FAILURES
            size = len(owed) if left_alone else sink.at_once
            some, owed = owed[:size], owed[size:]
            trouble = _left_alone(sink, some) if left_alone else _sent(sink, some)
            failures = failures + 1 if trouble else 0
            for alert in some:
                book.settle(alert, sink.name, told=trouble is None)
            yield Delivery(sink=sink.name, alerts=len(some), trouble=trouble)


def _sent(sink: Sink, alerts: Sequence[Alert]) -> TokengateError | None:
    try:
        sink.channel.post(sink.message(alerts))
    except TokengateError as error:
        return error
    return None


def _left_alone(sink: Sink, alerts: Sequence[Alert]) -> TokengateError:
    return UndecidedError(
        f"It failed {_FAILURES} times in a row and is left alone for this run.",
        hint=f"It is told {count(len(alerts), 'alert')} more by the next one.",
    )


def _booked(
    ledger: Ledger | None, proxy: str, teams: Sequence[TeamWatch], how: Look
) -> tuple[Booked, list[TokengateError]]:
    """What the ledger has of the dearest that are out of the ordinary. Open on words: one that fails is told."""
    spiking = sorted((t for t in teams if t.spikes), key=lambda t: -t.day.today)[:EXPLAINED]
    if ledger is None:
        return Booked(), []
    try:
        ids = [t.team_id for t in spiking]
        return booked(ledger, proxy, ids, how.window, how.policy.zone), []
    except TokengateError as error:
        return Booked(), [error]


def _current(seen: Watched, raised: Sequence[Raised]) -> Iterator[Alert]:
    """All that is so now. Green is, once, where something else was told."""
    for team in seen.teams:
        if seen.shows(team) and team.day.mean:
            yield SpikeAlert(
                key=spike_key(seen.proxy, team.team_id, seen.day),
                team=team.team,
                at=seen.at,
                day=seen.day,
                zone=seen.zone,
                today=team.day.today,
                mean=team.day.mean,
                factor=seen.rules.spike.factor,
                breakdown=team.breakdown,
                cause=team.cause,
            )
        before = told_tier(raised, seen.proxy, team.team_id)
        key = tier_key(seen.proxy, team.team_id, team.tier, team.resets_at)
        if team.tier in ABOVE_GREEN or is_news(key, team.tier, before, raised):
            yield _tier_alert(team, seen, key, before)


def _tier_alert(team: TeamWatch, seen: Watched, key: AlertKey, before: Tier) -> TierAlert:
    zero = Decimal(0)
    return TierAlert(
        key=key,
        team=team.team,
        at=seen.at,
        tier=team.tier,
        before=before,
        spend=team.spend or zero,
        plan=team.plan or zero,
        hard_stop=team.hard_stop or zero,
        resets_at=team.resets_at,
        exempted=team.exempted,
        observing=seen.observing,
    )
