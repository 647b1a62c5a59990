"""All that a policy says against itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from ci_tokengate.core.advice.advice import Advice
from ci_tokengate.core.advice.caps import NO_PLANS, Plans, idle_caps
from ci_tokengate.core.advice.loose import loose_ends
from ci_tokengate.core.advice.routing import NO_PRICES, dear_models, forgotten, upward
from ci_tokengate.core.policy import Policy


def judged(
    policy: Policy,
    today: date,
    prices: Mapping[str, Decimal] = NO_PRICES,
    plans: Plans = NO_PLANS,
) -> tuple[Advice, ...]:
    """In the order of what it is about.

    `prices` (USD a token) tell the tiers of models that no name tells; `plans` (USD) are the proxy's.
    """
    return (
        *loose_ends(policy, today),
        *idle_caps(policy, plans),
        *dear_models(policy, prices),
        *upward(policy, prices),
        *forgotten(policy),
    )
