"""What job keys were used for: calls and tokens by use case and model."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from ci_tokengate.core.alias import parse_alias
from ci_tokengate.core.money import add_exactly
from ci_tokengate.core.token_sums import TokenSums
from ci_tokengate.core.usage import UsageRow


@dataclass(kw_only=True)
class Used(TokenSums):
    """All calls of one use case on one model; `cost` (USD) and tokens are of those that have a price."""

    unpriced: int = 0
    cost: Decimal = Decimal(0)


@dataclass
class Usage:
    """Adds rows up as they are read, by use case and model. Unpriced calls are counted and left out."""

    by: dict[tuple[str, str], Used] = field(default_factory=dict)

    def add(self, row: UsageRow) -> None:
        alias = parse_alias(row.alias)
        if alias is None or not row.answered or row.repeated:
            return
        found = self.by.setdefault((alias.use_case, row.model), Used())
        found.requests += row.calls
        if row.unpriced:
            found.unpriced += row.calls
            return
        found.add_tokens(row)
        found.cost = add_exactly(found.cost, row.spend)
