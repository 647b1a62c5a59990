"""How much one job key may spend (DESIGN D5).

The overshoot bound. What running keys may still spend counts as spent, and of concurrent mints the
earlier key wins, so the caps of all keys alive never add up to more than what is left. What can
still pass is (1) the calls that a key has in flight when its cap is reached, because a proxy counts
a call when it has ended, and a busy one a moment later, and (2) what ended keys spent in the seconds that the proxy has not yet written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.capabilities import in_steps
from ci_tokengate.core.money import CENT, MICRO
from ci_tokengate.core.policy import Mode, Policy, UseCase
from ci_tokengate.core.verdict import Verdict


class Bound(Enum):
    """Which of the limits is the cap."""

    RUN = "the use case's cap per run"
    INPUT = "max-budget"
    PULL_REQUEST = "what is left of the pull request's cap"
    TEAM = "what is left of the team to its hard stop"


@dataclass(frozen=True, kw_only=True)
class Cap:
    """USD, and the limit that set it. `left` is what the limit leaves, before the proxy's steps."""

    amount: Decimal
    bound: Bound
    left: Decimal

    @property
    def rounded_up(self) -> bool:
        return self.amount > self.left


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A live key: what it was given and what it has spent, in USD. `order` is its place in time."""

    key_id: str
    cap: Decimal
    spend: Decimal
    order: tuple[datetime, str]

    @property
    def open(self) -> Decimal:
        return max(self.cap - self.spend, Decimal(0))


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is left before any live key is counted. None is no limit. USD."""

    run: Decimal
    asked: Decimal | None = None
    pull_request: Decimal | None = None
    team: Decimal | None = None


def limits_of(
    policy: Policy,
    use_case: UseCase,
    verdict: Verdict,
    *,
    asked: Decimal | None,
    pr_spend: Decimal | None,
) -> Limits:
    """The limits on a key.

    The team's remainder binds agentic use cases under enforcement only, because nothing else is
    ever blocked by it. `pr_spend` (USD) is the use case's on this pull request so far, None where
    the job belongs to none.
    """
    enforced = policy.mode is Mode.ENFORCE
    pr_left = None
    if use_case.cap_per_pr is not None and pr_spend is not None and enforced:
        pr_left = use_case.cap_per_pr - pr_spend
    return Limits(
        run=use_case.cap_per_run,
        asked=asked,
        pull_request=pr_left,
        team=verdict.remaining if enforced and use_case.agentic else None,
    )


def key_cap(
    limits: Limits,
    *,
    step: Decimal = MICRO,
    pr_holds: Sequence[Hold] = (),
    team_holds: Sequence[Hold] = (),
) -> Cap:
    """The least of the limits, after what live keys may still spend. Can be zero or below.

    `step` is the proxy's, in USD: a cap is a multiple of it, so the last key may pass a limit by less than one.
    """
    candidates = [(limits.run, Bound.RUN)]
    if limits.asked is not None:
        candidates.append((limits.asked, Bound.INPUT))
    if limits.pull_request is not None:
        candidates.append((limits.pull_request - _open(pr_holds), Bound.PULL_REQUEST))
    if limits.team is not None:
        candidates.append((limits.team - _open(team_holds), Bound.TEAM))
    amount, bound = min(candidates, key=lambda c: c[0])
    return Cap(amount=in_steps(amount, step), bound=bound, left=in_steps(amount, MICRO))


def worth_minting(cap: Cap) -> bool:
    """Less than a cent is nothing: one call may pass any cap, so a sliver would be a free call.

    A smaller cap that the policy or `max-budget` itself asks for is honoured.
    """
    return cap.left >= CENT or (cap.bound in (Bound.RUN, Bound.INPUT) and cap.left > 0)


def lifetime(policy: Policy, use_case: UseCase, asked: timedelta | None) -> timedelta:
    """How long the key lives: the use case's TTL, at most the policy's maximum; `asked` only lowers."""
    own = min(use_case.ttl or policy.max_ttl, policy.max_ttl)
    return own if asked is None else min(own, asked)


def earlier(holds: Sequence[Hold], own: Hold) -> list[Hold]:
    """The live keys that were minted before `own`; of two at the same instant, the lower id."""
    return [h for h in holds if h.key_id != own.key_id and h.order < own.order]


def _open(holds: Sequence[Hold]) -> Decimal:
    return sum((h.open for h in holds), Decimal(0))
