"""What Portkey can do. Source: its OpenAPI description and documentation; docs/portkey.md says what is unproven."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ci_tokengate.core.capabilities import Capabilities, Counted, ModelList, Tokens

CAPABILITIES = Capabilities(
    product="Portkey",
    guide="docs/portkey.md",
    cap_step=Decimal(1),
    tokens=Tokens.SUM,
    counts_refusals=Counted.SOME,
    sets_budgets=False,
    model_list=ModelList.CONFIG,
    routes_models=False,
    parallel_limit=False,
    alias_taken=False,
    lists_models=False,
    remembers_ended=False,
    settles_after=timedelta(minutes=2),
    remembers=timedelta(days=90),
)
"""settles_after: how late its analytics are is documented nowhere; `doctor --live` measures it."""
