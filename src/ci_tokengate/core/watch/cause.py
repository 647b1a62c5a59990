"""One likely cause of a day that is out of the ordinary. A guess by plain rules, and told as one.

The first rule that fits is told. What is new explains most, so it comes first; then what one run did
again and again, what a single job did alone, what was started too often.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from ci_tokengate.core.money import add_exactly, exact_sum
from ci_tokengate.core.watch.breakdown import JobName, Part, where

MOST = 2
"""One thing is the cause where it makes up at least half (1 part in MOST)."""
ATTEMPTS = 3
RUNS = 5
"""Of one job on one pull request or branch, in a day."""
RUNS_EACH = 3
"""Of one job, on the average of its pull requests."""
_H = TypeVar("_H", bound=Hashable)


class Kind(Enum):
    """What is likely behind it."""

    NOTHING_KNOWN = "nothing known"
    NOT_CI = "keys that no CI job had"
    NEW_JOB = "new job"
    RETRIES = "retries"
    LONG_AGENT = "one long agent"
    EVERY_PUSH = "runs on every push"
    NEW_MODEL = "new model"
    SPREAD = "no single cause"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """`cost` of `covered` USD is its. `job` and `place` name it where it is a job's.

    `runs`, `attempts`, `calls` and `places` (pull requests and branches) are how many of its there are.
    """

    kind: Kind
    cost: Decimal = Decimal(0)
    covered: Decimal = Decimal(0)
    job: JobName = field(default_factory=JobName)
    place: str = ""
    run_id: str = ""
    model: str = ""
    runs: int = 0
    attempts: int = 0
    calls: int = 0
    places: int = 0


@dataclass(frozen=True, kw_only=True)
class Before:
    """What there was in the seven days before: jobs and models; None where nobody can say."""

    jobs: Collection[JobName] | None = None
    models: Collection[str] | None = None


def likely_cause(parts: Sequence[Part], before: Before) -> Cause:
    covered = exact_sum(p.cost for p in parts)
    if covered <= 0:
        return Cause(kind=Kind.NOTHING_KNOWN)
    others = [p for p in parts if not p.job.repository]
    if _is_most(others, covered):
        return _cause(Kind.NOT_CI, others, covered)
    ours = [p for p in parts if p.job.repository]
    for rule in (_new_job, _retries, _long_agent, _every_push, _new_model):
        found = rule(ours, covered, before)
        if found is not None:
            return found
    return _cause(Kind.SPREAD, ours, covered)


def top_job(parts: Sequence[Part]) -> JobName | None:
    """The job that makes up most of it, where one does: the one to ask the week before about."""
    found = _most(
        [p for p in parts if p.job.repository], exact_sum(p.cost for p in parts), lambda p: p.job
    )
    return found[0].job if found else None


def _new_job(parts: Sequence[Part], covered: Decimal, before: Before) -> Cause | None:
    known = before.jobs
    if known is None:
        return None
    fresh = [p for p in parts if p.job not in known]
    found = _most(fresh, covered, lambda p: p.job)
    return _cause(Kind.NEW_JOB, found, covered) if found else None


def _retries(parts: Sequence[Part], covered: Decimal, _: Before) -> Cause | None:
    found = _most(parts, covered, lambda p: (p.job.repository, p.run_id))
    if len({p.attempt for p in found}) < ATTEMPTS:
        return None
    return _cause(Kind.RETRIES, found, covered)


def _long_agent(parts: Sequence[Part], covered: Decimal, _: Before) -> Cause | None:
    found = _most(parts, covered, lambda p: (p.job, p.run_id, p.attempt))
    return _cause(Kind.LONG_AGENT, found, covered) if found else None


def _every_push(parts: Sequence[Part], covered: Decimal, _: Before) -> Cause | None:
    """On one pull request again and again, or on all of them more often than anybody reviews."""
    one = _most(parts, covered, lambda p: (p.job, p.place))
    if len({p.run_id for p in one}) >= RUNS:
        return _cause(Kind.EVERY_PUSH, one, covered)
    each = _most(parts, covered, lambda p: p.job)
    runs, places = len({p.run_id for p in each}), len({p.place for p in each})
    if runs >= RUNS and runs >= RUNS_EACH * places:
        return _cause(Kind.EVERY_PUSH, each, covered)
    return None


def _new_model(parts: Sequence[Part], covered: Decimal, before: Before) -> Cause | None:
    known = before.models
    if not known:
        return None
    found = _most([p for p in parts if p.model not in known], covered, lambda p: p.model)
    return _cause(Kind.NEW_MODEL, found, covered) if found else None


def _most(parts: Sequence[Part], covered: Decimal, by: Callable[[Part], _H]) -> list[Part]:
    """The parts of the dearest, where they make up at least half; else none."""
    groups: dict[_H, list[Part]] = defaultdict(list)
    sums: dict[_H, Decimal] = defaultdict(Decimal)
    for part in parts:
        groups[by(part)].append(part)
        sums[by(part)] = add_exactly(sums[by(part)], part.cost)
    dearest = max(sums, key=lambda name: (sums[name], len(groups[name]), repr(name)), default=None)
    if dearest is None or not _is_most(groups[dearest], covered):
        return []
    return groups[dearest]


def _is_most(parts: Sequence[Part], covered: Decimal) -> bool:
    return bool(parts) and exact_sum(p.cost for p in parts) * MOST >= covered


def _cause(kind: Kind, parts: Sequence[Part], covered: Decimal) -> Cause:
    """What its parts have in common is named."""
    jobs, places = {p.job for p in parts}, {where(p) for p in parts}
    runs = {(p.job.repository, p.run_id) for p in parts}
    models = {p.model for p in parts}
    return Cause(
        kind=kind,
        cost=exact_sum(p.cost for p in parts),
        covered=covered,
        job=next(iter(jobs)) if len(jobs) == 1 else JobName(),
        place=next(iter(places)) if len(places) == 1 else "",
        run_id=parts[0].run_id if len(runs) == 1 and parts else "",
        model=next(iter(models)) if len(models) == 1 else "",
        runs=len(runs),
        attempts=len({(*_run(p), p.attempt) for p in parts}),
        calls=sum(p.calls for p in parts),
        places=len(places),
    )


def _run(part: Part) -> tuple[str, str]:
    return part.job.repository, part.run_id
