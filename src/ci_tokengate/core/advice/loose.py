"""What a policy leaves open that is easily overlooked. It needs nothing but the policy and the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ci_tokengate.core.advice.advice import Advice, warning
from ci_tokengate.core.durations import compact
from ci_tokengate.core.policy import Mode, Policy

_BASELINE = 60
"""Days after which an observation has seen enough to decide on plans (DESIGN D4)."""


def loose_ends(policy: Policy, today: date) -> Iterator[Advice]:
    yield from _observing(policy, today)
    if policy.allow_admin_key:
        yield warning(
            ("allow-admin-key",),
            "it accepts an admin's key, which no budget binds",
            "take allow-admin-key out, and use a minting key",
        )
    yield from _no_defaults(policy)
    for name, case in policy.use_cases.items():
        if case.ttl is not None and case.ttl > policy.max_ttl:
            yield warning(
                ("use-cases", name, "ttl"),
                f"ttl of {name} is {compact(case.ttl)}, above max-ttl, which holds",
                f"lower it to {compact(policy.max_ttl)}, or raise max-ttl",
            )


def _observing(policy: Policy, today: date) -> Iterator[Advice]:
    if policy.mode is not Mode.OBSERVE or policy.observe_since is None:
        return
    days = (today - policy.observe_since).days
    if days >= _BASELINE:
        yield warning(
            ("since",),
            f"it has only observed for {days} days, and blocks nothing",
            "set plans from what was seen, and mode: enforce",
        )
    elif days < -1:  # a day ahead may be today, east of here
        yield warning(
            ("since",),
            f"the observation begins in {-days} days, and blocks nothing already",
            "set since to the day it began",
        )


def _no_defaults(policy: Policy) -> Iterator[Advice]:
    """A workflow that names neither is refused; that is a choice, but seldom one that was meant."""
    for kind, default, key in (
        ("team", policy.default_team, "team"),
        ("use case", policy.default_use_case, "use-case"),
    ):
        if default is None:
            yield warning(
                ("defaults", key),
                f"it has no default {kind}, so a workflow that names none is refused",
                f"set defaults.{key}, unless every workflow is to name its own",
            )
