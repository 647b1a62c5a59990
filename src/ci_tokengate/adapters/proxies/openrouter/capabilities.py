"""What OpenRouter can do with a management key. Source: https://openrouter.ai/docs/guides/overview/auth/management-api-keys"""

from __future__ import annotations

from datetime import timedelta

from ci_tokengate.core.capabilities import ByModel, Capabilities, Counted, ModelList, Tokens

CAPABILITIES = Capabilities(
    product="OpenRouter",
    guide="docs/openrouter.md",
    by_model=ByModel.NEXT_DAY,
    tokens=Tokens.NEXT_DAY,
    counts_refusals=Counted.NONE,
    stops_teams=False,
    sets_budgets=False,
    model_list=ModelList.NOTHING,
    routes_models=False,
    parallel_limit=False,
    rate_limit=False,
    confined=False,
    alias_taken=False,
    ceilings=False,
    settles_after=timedelta(minutes=1),
    remembers=timedelta(days=30),
)
"""remembers: its activity goes back so far, and a revoked key is deleted after it."""
