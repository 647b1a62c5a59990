"""What the comment on a pull request says, as values."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.cost import Cost
from ci_tokengate.core.money import exact_sum
from ci_tokengate.core.policy import Mode, Policy
from ci_tokengate.core.verdict import Verdict

ENOUGH = 5
"""Merged pull requests from which on a median says something."""


class Stage(Enum):
    """Where the pull request is in its life."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed without merging"


@dataclass(frozen=True, kw_only=True, order=True)
class Refused:
    """A job that the gate refused. It has no key, so the proxy knows nothing of it.

    `cause` is one of `core.verdict.Cause`'s values.
    """

    run_id: str
    attempt: int
    job: str
    use_case: str
    team: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class CapLeft:
    """What a use case may still spend on this pull request, USD; never below zero."""

    use_case: str
    cap: Decimal
    left: Decimal


@dataclass(frozen=True, kw_only=True)
class Median:
    """Of the team's merged pull requests: USD, and how many they are."""

    amount: Decimal
    count: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """One pull request at one time. `teams` has the standing of each team that pays for it.

    observing: the policy only observes, and nothing is blocked.
    """

    repository: str
    number: int
    cost: Cost
    stage: Stage = Stage.OPEN
    from_fork: bool = False
    observing: bool = False
    teams: tuple[Verdict, ...] = ()
    caps: tuple[CapLeft, ...] = ()
    refused: tuple[Refused, ...] = ()
    median: Median | None = None


def caps_left(policy: Policy, cost: Cost) -> tuple[CapLeft, ...]:
    """For the use cases that ran here and have a cap on a pull request; none in observe mode."""
    if policy.mode is Mode.OBSERVE:
        return ()
    found = []
    for name in sorted({key.use_case for key in cost.keys}):
        case = policy.use_cases.get(name)
        if case is not None and case.cap_per_pr is not None:
            spent = exact_sum(k.cost for k in cost.keys if k.use_case == name)
            left = max(case.cap_per_pr - spent, Decimal(0))
            found.append(CapLeft(use_case=name, cap=case.cap_per_pr, left=left))
    return tuple(found)


def median_of(costs: Sequence[Decimal]) -> Median | None:
    """None while there are too few."""
    if len(costs) < ENOUGH:
        return None
    return Median(amount=statistics.median(costs), count=len(costs))
