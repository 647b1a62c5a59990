"""The verdict where caps leave nothing to give (DESIGN D5)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ci_tokengate.core.cap import Bound, Cap, Limits
from ci_tokengate.core.policy import Mode, UseCase
from ci_tokengate.core.verdict import Cause, Outcome, Verdict


def refuse(verdict: Verdict, cap: Cap, limits: Limits, use_case: UseCase) -> Verdict:
    """The verdict when nothing is left to give: a block with the figures of the cap that is spent."""
    if cap.bound is Bound.PULL_REQUEST:
        left = limits.pull_request or Decimal(0)
        whole = use_case.cap_per_pr or Decimal(0)
        cause, used = Cause.PR_CAP_SPENT, whole - left
    else:
        left = whole = limits.team or Decimal(0)
        cause, used = Cause.TEAM_LEFT_HELD, Decimal(0)
    return replace(
        verdict,
        outcome=Outcome.BLOCK,
        cause=cause,
        bound=whole,
        used=used,
        held=max(left - cap.left, Decimal(0)),
    )


def observed_refusal(
    verdict: Verdict, cap: Cap, limits: Limits, use_case: UseCase, mode: Mode
) -> Verdict:
    """The same, and in observe mode what it would have been: a warning with the same figures."""
    found = refuse(verdict, cap, limits, use_case)
    if mode is Mode.ENFORCE:
        return found
    if verdict.would_block:
        return verdict
    return replace(found, outcome=Outcome.WARN, would_block=True)
