"""The early warning for programs: money is text in US dollars, in full; docs/watch.md names the fields."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ci_tokengate.core.money import plain
from ci_tokengate.core.watch.alert import Alert, SpikeAlert, TierAlert
from ci_tokengate.core.watch.breakdown import Breakdown, Slice
from ci_tokengate.core.watch.cause import Cause
from ci_tokengate.core.watch.watched import TeamWatch, Watched
from ci_tokengate.render.money import iso
from ci_tokengate.render.watch.causes import cause_line
from ci_tokengate.render.watch.text import plain as sentence
from ci_tokengate.render.watch.words import headline

VERSION = 1
Json = dict[str, Any]


def alert_json(alert: Alert) -> Json:
    """As a webhook gets it. `id` is the same whenever and from wherever it is told."""
    about = _of_spike(alert) if isinstance(alert, SpikeAlert) else _of_tier(alert)
    return {
        "version": VERSION,
        "id": alert.key.id,
        "kind": alert.type,
        "team": alert.team,
        "team_id": alert.key.team_id,
        "proxy": alert.key.proxy,
        "at": iso(alert.at),
        "text": sentence(headline(alert)),
        **about,
    }


def watched_json(found: Watched) -> Json:
    return {
        "version": VERSION,
        "proxy": found.proxy,
        "at": iso(found.at),
        "day": f"{found.day}",
        "zone": found.zone,
        "judged": found.judged,
        "hour": found.rules.hour,
        "factor": plain(found.rules.spike.factor),
        "floor_usd": plain(found.rules.spike.floor),
        "teams": [_team(team, found) for team in found.teams],
        "alerts": [alert_json(alert) for alert in found.alerts],
        "troubles": [trouble.message for trouble in found.troubles],
    }


def _team(team: TeamWatch, found: Watched) -> Json:
    day = team.day
    return {
        "team": team.team,
        "team_id": team.team_id,
        "today_usd": plain(day.today),
        "mean_usd": _short(day.mean),
        "times": _short(day.times),
        "exact": team.exact,
        "reading": day.reading.name.lower().replace("_", "-"),
        "spike": found.shows(team),
        "tier": team.tier.value,
        "spend_usd": _maybe(team.spend),
        "plan_usd": _maybe(team.plan),
        "resets_at": iso(team.resets_at) if team.resets_at else None,
        "breakdown": _breakdown(team.breakdown),
        "cause": _cause(team.cause),
    }


def _of_spike(alert: SpikeAlert) -> Json:
    return {
        "day": f"{alert.day}",
        "zone": alert.zone,
        "today_usd": plain(alert.today),
        "mean_usd": _short(alert.mean),
        "times": _short(alert.times),
        "factor": plain(alert.factor),
        "breakdown": _breakdown(alert.breakdown),
        "cause": _cause(alert.cause),
    }


def _of_tier(alert: TierAlert) -> Json:
    return {
        "tier": alert.tier.value,
        "before": alert.before.value,
        "spend_usd": plain(alert.spend),
        "plan_usd": plain(alert.plan),
        "hard_stop_usd": plain(alert.hard_stop),
        "exempted_usd": plain(alert.exempted),
        "resets_at": iso(alert.resets_at) if alert.resets_at else None,
    }


def _breakdown(found: Breakdown | None) -> Json | None:
    if found is None:
        return None
    return {
        "covered_usd": plain(found.covered),
        "from_ci_usd": plain(found.of_ci),
        "models": _slices(found.models),
        "use_cases": _slices(found.use_cases),
        "pull_requests": _slices(found.pulls),
        "jobs": _slices(found.jobs),
    }


def _slices(slices: Sequence[Slice]) -> list[Json]:
    return [{"name": s.name, "cost_usd": plain(s.cost), "calls": s.calls} for s in slices]


def _cause(found: Cause | None) -> Json | None:
    if found is None:
        return None
    return {
        "kind": found.kind.name.lower().replace("_", "-"),
        "cost_usd": plain(found.cost),
        "text": sentence(cause_line(found)),
    }


def _maybe(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _short(amount: Decimal | None) -> str | None:
    """A quotient has no last digit."""
    return None if amount is None else plain(amount.quantize(Decimal("1e-10")))
