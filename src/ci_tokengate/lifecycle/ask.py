"""What a workflow asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What the workflow asks for; empty and None mean: as the policy says. USD."""

    team: str = ""
    use_case: str = ""
    max_budget: Decimal | None = None
    ttl: timedelta | None = None
