"""Which models the money went to, and whom it is charged to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ci_tokengate.core.model_tier import ModelTier


@dataclass(frozen=True, kw_only=True)
class ModelShare:
    """One model within a use case. `tier` is None where neither policy nor prices tell it."""

    model: str
    tier: ModelTier | None
    cost: Decimal
    requests: int
    tokens: int
    unpriced: int


@dataclass(frozen=True, kw_only=True)
class _Models:
    """What some models cost together (USD), and how much they were used."""

    models: tuple[ModelShare, ...]

    @property
    def cost(self) -> Decimal:
        return sum((m.cost for m in self.models), Decimal(0))

    @property
    def requests(self) -> int:
        return sum(m.requests for m in self.models)

    @property
    def tokens(self) -> int:
        return sum(m.tokens for m in self.models)


@dataclass(frozen=True, kw_only=True)
class UseCaseMix(_Models):
    """The fourth number. `use_case` is empty for what came from no job of ours.

    `needs` is the tier that its task asks for, by the policy or else by its name (`needs_from`).
    """

    use_case: str
    attributed: bool
    needs: ModelTier | None
    needs_from: str

    def of_tier(self, tier: ModelTier | None) -> tuple[ModelShare, ...]:
        return tuple(m for m in self.models if m.tier is tier)


@dataclass(frozen=True, kw_only=True)
class TierShare(_Models):
    """All models of one tier, of some use cases; `tier` is None for those of which nobody tells it. USD."""

    tier: ModelTier | None

    @property
    def name(self) -> str:
        return self.tier.value if self.tier else "unknown"


def by_tier(mix: Iterable[UseCaseMix]) -> list[TierShare]:
    """The tiers that there are models of, the cheapest first and the unknown last."""
    cases = list(mix)
    shares = (
        TierShare(tier=tier, models=tuple(m for case in cases for m in case.of_tier(tier)))
        for tier in (*ModelTier, None)
    )
    return [share for share in shares if share.models]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A model above what the task needs: a routing problem, not a budget problem.

    `saving` is what the same tokens would have cost less at the tier that is needed, by this
    month's own average price of that tier; None where the month has no such price.
    """

    use_case: str
    model: str
    tier: ModelTier
    needs: ModelTier
    cost: Decimal
    share: Decimal
    saving: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What a cost center is charged; empty for spend that has none.

    `direct` by its keys and teams, `split` its parts of pull requests that several owners share,
    `unattributed` spend of its teams that came from no job of ours.
    """

    cost_center: str
    direct: Decimal
    split: Decimal
    unattributed: Decimal

    @property
    def total(self) -> Decimal:
        return self.direct + self.split + self.unattributed
