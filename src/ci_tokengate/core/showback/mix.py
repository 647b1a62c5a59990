"""Model mix by use case, and what it says about routing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.showback.sums import ModelSum
from ci_tokengate.core.showback.tiers import ModelTiers, needed, too_strong
from ci_tokengate.core.showback.values import Finding, ModelShare, UseCaseMix

WORTH = Decimal("0.05")
"""Share of a use case's spend from which on a model is worth a finding."""
Models = Mapping[tuple[bool, str, str], ModelSum]


def model_tiers(models: Models, policy: Policy | None) -> ModelTiers:
    """By the month's own average prices, over all tokens: what was really paid."""
    paid: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for (_, _, model), found in models.items():
        if found.unpriced < found.requests:
            paid[model][0] += found.cost
            paid[model][1] += found.tokens
    prices = {m: cost / tokens for m, (cost, tokens) in paid.items() if cost > 0 and tokens > 0}
    return ModelTiers(policy, prices)


def mix_of(models: Models, tiers: ModelTiers, policy: Policy | None) -> tuple[UseCaseMix, ...]:
    """The dearest use case first; what came from no job of ours last."""
    parted: dict[tuple[bool, str], list[ModelShare]] = defaultdict(list)
    for (attributed, use_case, model), found in models.items():
        parted[attributed, use_case].append(
            ModelShare(
                model=model,
                tier=tiers.of(model),
                cost=found.cost,
                requests=found.requests,
                tokens=found.tokens,
                unpriced=found.unpriced,
            )
        )
    found_mix = []
    for (attributed, use_case), shares in parted.items():
        needs, needs_from = needed(use_case, policy) if attributed else (None, "")
        found_mix.append(
            UseCaseMix(
                use_case=use_case,
                attributed=attributed,
                needs=needs,
                needs_from=needs_from,
                models=tuple(sorted(shares, key=lambda m: (-m.cost, m.model))),
            )
        )
    return tuple(sorted(found_mix, key=lambda m: (not m.attributed, -m.cost, m.use_case)))


def findings_of(mix: Sequence[UseCaseMix], tiers: ModelTiers) -> tuple[Finding, ...]:
    """The dearest first. Where tiers or needs are guessed, only a strong model on a fast task counts."""
    found = []
    for case in mix:
        for model in case.models:
            if case.needs is None or model.tier is None or not _worth(model.cost, case.cost):
                continue
            sure = case.needs_from == "policy" and tiers.declared(model.model)
            if too_strong(model.tier, case.needs, sure=sure):
                price = _price_of(case.needs, (m for c in mix for m in c.models))
                found.append(
                    _finding(case.use_case, case.needs, model, model.tier, case.cost, price)
                )
    return tuple(sorted(found, key=lambda f: (-f.cost, f.use_case, f.model)))


def _worth(part: Decimal, whole: Decimal) -> bool:
    return whole > 0 and part / whole >= WORTH


def _finding(
    use_case: str,
    needs: ModelTier,
    model: ModelShare,
    tier: ModelTier,
    whole: Decimal,
    price: Decimal | None,
) -> Finding:
    saving = None if price is None else model.cost - price * model.tokens
    return Finding(
        use_case=use_case,
        model=model.model,
        tier=tier,
        needs=needs,
        cost=model.cost,
        share=model.cost / whole,
        saving=saving if saving is not None and saving > 0 else None,
    )


def _price_of(tier: ModelTier, models: Iterable[ModelShare]) -> Decimal | None:
    """USD per token of that tier this month, on average."""
    there = [m for m in models if m.tier is tier and not m.unpriced and m.cost > 0]
    tokens = sum(m.tokens for m in there)
    return sum((m.cost for m in there), Decimal(0)) / tokens if tokens else None
