"""CI's own runaway: an agent that starts itself again. Limits on how many runs may ask for a key.

What counts is keys, which the proxy remembers, and not runs as the code host lists them: a run that
never got a key has spent nothing. Attempts of a run are runs: a re-run spends again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from enum import Enum

from ci_tokengate.core.alias import parse_alias
from ci_tokengate.core.context import JobContext
from ci_tokengate.core.keys import KeyRecord


@dataclass(frozen=True, kw_only=True)
class RunLimits:
    """None is no limit. Days are the policy's zone's."""

    runs_per_pr: int | None = None
    runs_per_workflow: int | None = None
    keys_per_team: int | None = None

    @property
    def of_a_day(self) -> bool:
        return self.runs_per_pr is not None or self.runs_per_workflow is not None


class Runaway(Enum):
    """Which limit is reached, as the policy names it."""

    PULL_REQUEST = "runs-per-pr"
    WORKFLOW = "runs-per-workflow"
    TEAM = "keys-per-team"


@dataclass(frozen=True, kw_only=True)
class Reached:
    """`there` are as many runs, or living keys, as `allowed`, or more."""

    limit: Runaway
    allowed: int
    there: int


def day_began(now: datetime, zone: tzinfo) -> datetime:
    """Midnight of the day that `now` is in, in `zone`; in UTC. Where clocks change, the day's first moment."""
    local = now.astimezone(zone)
    return datetime.combine(local.date(), time.min, tzinfo=zone).astimezone(now.tzinfo)


def reached(
    limits: RunLimits,
    context: JobContext,
    *,
    today: Iterable[KeyRecord],
    live: Iterable[KeyRecord],
) -> Reached | None:
    """The first limit that this job would pass. Of runs, its own never counts against it.

    `today` are the repository's keys of the day, `live` the team's living ones, its own run's among
    them: they can spend at once like any other. Keys that cannot spend are none.
    """
    own = (context.run_id, context.run_attempt)
    keys = [k for k in today if _run(k) not in (None, own)]
    if limits.runs_per_pr is not None and context.pull_request is not None:
        runs = {_run(k) for k in keys if _scope(k) == context.scope}
        if len(runs) >= limits.runs_per_pr:
            return _reached(Runaway.PULL_REQUEST, limits.runs_per_pr, len(runs))
    if limits.runs_per_workflow is not None and context.workflow:
        runs = {_run(k) for k in keys if k.workflow == context.workflow}
        if len(runs) >= limits.runs_per_workflow:
            return _reached(Runaway.WORKFLOW, limits.runs_per_workflow, len(runs))
    if limits.keys_per_team is not None:
        there = len({k.id for k in live if k.cap != 0})
        if there >= limits.keys_per_team:
            return _reached(Runaway.TEAM, limits.keys_per_team, there)
    return None


def _reached(limit: Runaway, allowed: int, there: int) -> Reached:
    return Reached(limit=limit, allowed=allowed, there=there)


def _run(key: KeyRecord) -> tuple[str, int] | None:
    """None for what is no job's, and for a key that only took an alias."""
    alias = parse_alias(key.alias) if key.cap != 0 else None
    return (alias.run_id, alias.run_attempt) if alias else None


def _scope(key: KeyRecord) -> str:
    alias = parse_alias(key.alias)
    return alias.scope if alias else ""
