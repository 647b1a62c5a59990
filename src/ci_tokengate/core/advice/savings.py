"""What another model would have cost for the same tokens: an estimate, and called one.

Another model may write more or less for the same task. What is compared is the tokens that were really
used, the cache's among them, at the prices of the model that the task needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ci_tokengate.core.advice.served import ServedModel
from ci_tokengate.core.advice.used import Used
from ci_tokengate.core.cost import Unpriced
from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.policy import Policy, UseCase
from ci_tokengate.core.showback.mix import WORTH
from ci_tokengate.core.showback.tiers import ModelTiers, needed, too_strong
from ci_tokengate.core.usage import Charge

Book = Callable[[Unpriced], Decimal | None]
"""What a provider's list asks for these calls (USD); None where it does not know the model."""


@dataclass(frozen=True, kw_only=True)
class Saving:
    """USD. `instead` is the model that the task needs, or that the policy's route leads to.

    `would`: what the priced calls would have cost there, None where nobody knows its price.
    `unpriced`: calls that are in neither figure, because the proxy has no price for them.
    """

    use_case: str
    model: str
    instead: str
    cost: Decimal
    would: Decimal | None
    requests: int
    unpriced: int

    @property
    def saved(self) -> Decimal:
        return Decimal(0) if self.would is None else self.cost - self.would


def savings(
    usage: Mapping[tuple[str, str], Used],
    policy: Policy,
    served: Sequence[ServedModel],
    book: Book,
) -> tuple[Saving, ...]:
    """The largest first. Only what is worth a change: 5 % of a use case's spend, and a price below today's."""
    return tuple(
        sorted(_savings(usage, policy, served, book), key=lambda s: (-s.saved, s.use_case, s.model))
    )


def _savings(
    usage: Mapping[tuple[str, str], Used], policy: Policy, served: Sequence[ServedModel], book: Book
) -> Iterator[Saving]:
    prices = {m.name: m.prices.input + m.prices.output for m in served if m.prices}
    tiers = ModelTiers(policy, prices)
    for (name, model), used in usage.items():
        case = policy.use_cases.get(name)
        whole = sum((u.cost for (n, _), u in usage.items() if n == name), Decimal(0))
        if case is None or (used.cost < whole * WORTH and not used.unpriced):
            continue
        instead = _instead(case, model, policy, tiers, prices)
        if instead is None or instead == model:
            continue
        priced = used.unpriced < used.requests
        would = _would(used, instead, served, book) if priced else None
        if would is None or would < used.cost:
            yield Saving(
                use_case=name,
                model=model,
                instead=instead,
                cost=used.cost,
                would=would,
                requests=used.requests,
                unpriced=used.unpriced,
            )


def _instead(
    case: UseCase, model: str, policy: Policy, tiers: ModelTiers, prices: Mapping[str, Decimal]
) -> str | None:
    """What the policy serves in its place by now, else the cheapest that the task needs."""
    if model in case.routing.route:
        return case.routing.route[model]
    needs, source = needed(case.name, policy)
    tier = tiers.told(model)
    if needs is None or tier is None:
        return None
    if not too_strong(tier, needs, sure=source == "policy" and tiers.declared(model)):
        return None
    own = [m for m in case.routing.models if tiers.told(m) is needs]
    return _cheapest(own, prices) or _cheapest(_of_tier(policy, tiers, needs), prices)


def _of_tier(policy: Policy, tiers: ModelTiers, tier: ModelTier) -> list[str]:
    """Of all models that the policy names anywhere."""
    named = dict.fromkeys(m for case in policy.use_cases.values() for m in case.routing.models)
    return [m for m in (*named, *policy.model_tiers) if tiers.told(m) is tier]


def _cheapest(models: Iterable[str], prices: Mapping[str, Decimal]) -> str | None:
    """One without a price comes last."""
    return min(models, key=lambda m: (m not in prices, prices.get(m, Decimal(0))), default=None)


def _would(used: Used, model: str, served: Sequence[ServedModel], book: Book) -> Decimal | None:
    there = next((m for m in served if m.name == model), ServedModel(name=model))
    if there.prices is not None:
        return _priced(used, there.prices)
    return book(
        Unpriced(
            provider_model=there.provider_model or model,
            model=model,
            use_case="",
            requests=used.requests - used.unpriced,
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            cache_read_tokens=used.cache_read_tokens,
            cache_write_tokens=used.cache_write_tokens,
        )
    )


def _priced(used: Used, prices: Charge) -> Decimal:
    """A cache without a price of its own costs what any input does."""
    plain = used.input_tokens - used.cache_read_tokens - used.cache_write_tokens
    return (
        plain * prices.input
        + used.output_tokens * prices.output
        + used.cache_read_tokens * (prices.cache_read or prices.input)
        + used.cache_write_tokens * (prices.cache_write or prices.input)
    )
