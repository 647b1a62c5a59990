"""What a team's day is made of, and what is likely behind it: from the ledger, or else the proxy's log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import islice

from ci_tokengate.core.alias import job_part
from ci_tokengate.core.money import exact_sum
from ci_tokengate.core.watch.breakdown import (
    Breakdown,
    JobName,
    Part,
    breakdown_of,
    part_of_cell,
    parts_of_rows,
)
from ci_tokengate.core.watch.cause import Before, Cause, likely_cause, top_job
from ci_tokengate.core.watch.window import Window
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.ports.watch import TeamLog

CALLS = 3000
"""The dearest calls of a team's day that are read: what makes a day dear is among them."""
_WEEK_CALLS = 1000
"""Calls of the week before that are looked through for the dearest job; after so many of another
repository's of the same name nobody can say that it is new."""
_NEARLY = Decimal("0.9")
_DAY = timedelta(days=1)
Told = tuple[Breakdown, Cause]


@dataclass(frozen=True, kw_only=True)
class Booked:
    """What the ledger has of some teams: the parts of today, and what there was in the week before."""

    today: Mapping[str, list[Part]] = field(default_factory=dict)
    jobs: Mapping[str, set[JobName]] = field(default_factory=dict)
    models: Mapping[str, set[str]] = field(default_factory=dict)


def booked(ledger: Ledger, proxy: str, teams: Collection[str], window: Window, zone: str) -> Booked:
    """Raises what the ledger raises. A ledger of another zone knows the week before, by UTC days, only."""
    same = ledger.facts().zone == zone
    today: dict[str, list[Part]] = {}
    jobs: dict[str, set[JobName]] = {}
    models: dict[str, set[str]] = {}
    end = max(window.last, window.ends.date()) + _DAY
    for cell, key in ledger.cells(window.before.date(), end, teams=teams) if teams else ():
        if cell.name.proxy != proxy:
            continue
        part = part_of_cell(cell, key)
        day = cell.name.local_day if same else cell.name.day
        if day == window.day and (same or window.exact):
            today.setdefault(cell.team_id, []).append(part)
        elif day < (window.day if same else window.begins.date()):
            jobs.setdefault(cell.team_id, set()).add(part.job)
            models.setdefault(cell.team_id, set()).add(part.model)
    return Booked(today=today, jobs=jobs, models=models)


def explain(
    team_id: str, today: Decimal, window: Window, known: Booked, log: TeamLog | None
) -> Told | None:
    """The ledger where it has nearly all of `today` (USD), else the log; None where neither can say.

    A ledger that was filled in the morning would explain the afternoon wrongly. Raises what `log` does.
    """
    parts = known.today.get(team_id, [])
    if exact_sum(p.cost for p in parts) < today * _NEARLY:
        if log is None:
            return None
        begin, end = window.today
        parts = parts_of_rows(log.dearest(team_id, since=begin, until=end, most=CALLS))
    return breakdown_of(parts), likely_cause(parts, _before(team_id, parts, window, known, log))


def _before(
    team_id: str, parts: list[Part], window: Window, known: Booked, log: TeamLog | None
) -> Before:
    """By the ledger where it has the week; else the log is asked about the dearest job alone."""
    if team_id in known.jobs:
        return Before(jobs=known.jobs[team_id], models=known.models[team_id])
    job = top_job(parts)
    if job is None or log is None:
        return Before()
    span = {"since": window.before, "until": window.begins}
    rows = log.rows(team_id, **span, part=job_part(job.job, job.use_case))
    read = list(islice(rows, _WEEK_CALLS))
    seen = len(read) == _WEEK_CALLS or any(p.job == job for p in parts_of_rows(read))
    return Before(jobs={p.job for p in parts if seen or p.job != job})
