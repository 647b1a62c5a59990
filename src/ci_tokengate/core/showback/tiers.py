"""Which tier a model is of, and which one a task needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.policy import Policy

POLICY, PRICES, BOTH = "the policy", "the order of prices", "the policy, else the order of prices"
_FAST, _MIDDLE, _STRONG = ModelTier.FAST, ModelTier.MIDDLE, ModelTier.STRONG

_WORDS: tuple[tuple[str, ModelTier], ...] = (
    *((w, _FAST) for w in ("embed", "autocomplet", "completion", "inline", "docstring", "expla")),
    *(
        (w, _FAST)
        for w in ("batch", "summar", "classif", "label", "triage", "changelog", "translat")
    ),
    *((w, _STRONG) for w in ("architect", "design", "agent", "autonom")),
    *((w, _MIDDLE) for w in ("review", "test", "refactor", "fix", "migrat")),
)
"""Words in a use case's name, as the usual advice on routing has them; the first that is found."""
_NAMES: tuple[tuple[str, ModelTier], ...] = (
    *((w, _FAST) for w in ("haiku", "mini", "nano", "flash", "lite", "embedding", "small")),
    *((w, _MIDDLE) for w in ("sonnet", "codex", "medium")),
    *((w, _STRONG) for w in ("opus", "ultra", "large", "pro", "o1", "o3")),
)
"""Words in a model's name at the proxy, as its provider sells it. The first that is found."""
_PART = re.compile(r"[a-z]+[0-9]*")


class ModelTiers:
    """Declared ones, and for the others thirds of the order of their average prices.

    `prices` are USD per token, of the models that have one this month.
    """

    def __init__(self, policy: Policy | None, prices: Mapping[str, Decimal]) -> None:
        self._declared = dict(policy.model_tiers) if policy else {}
        self._guessed = thirds(prices)
        self.prices = prices
        names = set(prices)
        guessed = names - set(self._declared)
        self.source = POLICY if not guessed else BOTH if names & set(self._declared) else PRICES

    def of(self, model: str) -> ModelTier | None:
        return self._declared.get(model) or self._guessed.get(model)

    def declared(self, model: str) -> bool:
        return model in self._declared

    def told(self, model: str) -> ModelTier | None:
        """Declared, else by its name, else by price: for a judgement that is the same on every day."""
        return self._declared.get(model) or named(model) or self._guessed.get(model)


def thirds(prices: Mapping[str, Decimal]) -> dict[str, ModelTier]:
    """A single model is the middle; of two the cheaper is fast."""
    order = sorted(prices, key=lambda model: (prices[model], model))
    if len(order) == 1:
        return {order[0]: ModelTier.MIDDLE}
    tiers = list(ModelTier)
    return {model: tiers[3 * rank // len(order)] for rank, model in enumerate(order)}


def named(model: str) -> ModelTier | None:
    """What a model's own name says: `anthropic/claude-haiku-4-5` is a fast one, `gpt-5` says nothing."""
    name = model.rpartition("/")[2].lower()
    words = _PART.findall(name)
    return next((tier for word, tier in _NAMES if word in words), None)


def too_strong(tier: ModelTier, needs: ModelTier, *, sure: bool) -> bool:
    """Whether a model is above what a task needs. Unless both are declared, only by two tiers."""
    return tier.rank - needs.rank >= (1 if sure else 2)


def needed(use_case: str, policy: Policy | None) -> tuple[ModelTier | None, str]:
    """The tier that a use case's task asks for, and whether the policy or the name says so."""
    declared = policy.use_cases.get(use_case) if policy else None
    if declared is not None and declared.tier is not None:
        return declared.tier, "policy"
    lowered = use_case.lower()
    for word, tier in _WORDS:
        if word in lowered:
            return tier, "name"
    return None, ""
