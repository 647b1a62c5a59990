"""An incident: a team that spends out of the ordinary, or has left green. It ends when neither is so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from ci_tokengate.core.watch.alert import ABOVE_GREEN, Alert, Raised
from ci_tokengate.core.watch.watched import TeamWatch

KEPT = 40
"""Alerts that an issue remembers of its team: the newest."""
NEWS_FOR = timedelta(days=7)
"""What nobody could tell for so long is no news any more."""


@dataclass(frozen=True, kw_only=True)
class Owed:
    """An alert that these sinks have not been told yet."""

    alert: Alert
    sinks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What an issue remembers, hidden in it: whose it is, whether it is over, what was told."""

    proxy: str
    team_id: str
    over: bool = False
    spiked: bool = False
    raised: tuple[Raised, ...] = ()
    owed: tuple[Owed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Incident:
    """An issue of ours as it stands. `closed` may be somebody else's doing."""

    number: int
    url: str
    title: str
    text: str
    closed: bool
    memory: Memory


class Move(Enum):
    """What becomes of a team's issue."""

    NONE = "none"
    OPEN = "open"
    KEEP = "keep"
    REOPEN = "reopen"
    CLOSE = "close"


def spikes_still(team: TeamWatch, *, judged: bool, spiked: bool) -> bool:
    """Until the day is judged, or while its log cannot be read, what was out of the ordinary is so still."""
    return team.spikes if judged and not team.unknown else spiked


def goes_on(team: TeamWatch, *, spikes: bool, going: bool) -> bool:
    """A team whose spend the proxy does not tell is where it was: unknown is not zero."""
    if team.spend is None:
        return spikes or going
    return spikes or team.tier in ABOVE_GREEN


def move_of(current: Incident | None, *, on: bool, news: bool) -> Move:
    """`current` is the team's last issue, or None. One that somebody closed stays closed until there is news."""
    if current is None or current.memory.over:
        return Move.OPEN if on else Move.NONE
    if not on:
        return Move.CLOSE
    return Move.REOPEN if current.closed and news else Move.KEEP


def current_of(incidents: Sequence[Incident], proxy: str, team_id: str) -> Incident | None:
    """The one that goes on, else the newest."""
    its = [i for i in incidents if (i.memory.proxy, i.memory.team_id) == (proxy, team_id)]
    return max(its, key=lambda i: (not i.memory.over, i.number), default=None)
