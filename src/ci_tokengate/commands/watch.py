"""`watch`: which team's day is out of the ordinary, and which tier changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
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
from ci_tokengate.errors import TokengateError
from ci_tokengate.lifecycle.explain import Booked, booked
from ci_tokengate.lifecycle.look import EXPLAINED, Look, explained, look
from ci_tokengate.ports.budgets import TeamBudgets
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.ports.watch import AlertBook


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
