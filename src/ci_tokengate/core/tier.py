"""How far a team is in its plan, and which models are given there (DESIGN D3)."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from ci_tokengate.core.budget import Plan
from ci_tokengate.core.policy import Mode, Routing, Tiers, UseCase


class Tier(Enum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    HARD_STOP = "hard-stop"
    NONE = "none"
    """There is no plan to measure against."""


def tier_of(spend: Decimal, plan: Plan, tiers: Tiers) -> Tier:
    """A bound belongs to the tier it begins: exactly 80 % is amber. A plan of zero is past its stop."""
    if plan.amount is None:
        return Tier.NONE
    reached = [
        tier
        for tier, percent in (
            (Tier.AMBER, tiers.amber),
            (Tier.RED, tiers.red),
            (Tier.HARD_STOP, tiers.hard_stop),
        )
        if spend * 100 >= plan.amount * percent
    ]
    return reached[-1] if reached else Tier.GREEN


def routing_at(use_case: UseCase, tier: Tier, mode: Mode = Mode.ENFORCE) -> Routing:
    """The models of the use case in this tier: amber and red may route further down.

    Not in observe mode: a baseline of what was routed down already would be too low.
    """
    if mode is Mode.OBSERVE:
        return use_case.routing
    if tier in (Tier.RED, Tier.HARD_STOP):
        return use_case.when_red or use_case.when_amber or use_case.routing
    if tier is Tier.AMBER:
        return use_case.when_amber or use_case.routing
    return use_case.routing
