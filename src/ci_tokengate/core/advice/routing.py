"""Models that are dearer than a task is worth, and tiers that route the wrong way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from ci_tokengate.core.advice.advice import Advice, Place, warning
from ci_tokengate.core.policy import Policy, Routing, UseCase
from ci_tokengate.core.showback.tiers import ModelTiers, needed, too_strong

NO_PRICES: Mapping[str, Decimal] = {}


def routings(name: str, case: UseCase) -> Iterator[tuple[Place, Routing]]:
    """A use case's models in each tier, and where they stand."""
    yield ("use-cases", name), case.routing
    if case.when_amber:
        yield ("use-cases", name, "when-amber"), case.when_amber
    if case.when_red:
        yield ("use-cases", name, "when-red"), case.when_red


def dear_models(policy: Policy, prices: Mapping[str, Decimal] = NO_PRICES) -> Iterator[Advice]:
    """A model above what the task needs. `prices` are USD a token, of models that have one."""
    tiers = ModelTiers(policy, prices)
    for name, case in policy.use_cases.items():
        needs, source = needed(name, policy)
        for place, routing in routings(name, case):
            for model in routing.models:
                tier = tiers.told(model)
                sure = source == "policy" and tiers.declared(model)
                if needs and tier and too_strong(tier, needs, sure=sure):
                    yield warning(
                        (*place, "models"),
                        f"{name} may use {model}, a {tier.value} model, and its task needs a "
                        f"{needs.value} one",
                        f"give it a {needs.value} model and route {model} to that, or say what "
                        f"it needs: use-cases.{name}.tier",
                    )


def upward(policy: Policy, prices: Mapping[str, Decimal] = NO_PRICES) -> Iterator[Advice]:
    """Amber and red are to spend less: neither brings a stronger model than the tier before."""
    tiers = ModelTiers(policy, prices)
    for name, case in policy.use_cases.items():
        before = case.routing
        for place, routing in routings(name, case):
            most = max((t.rank for m in before.models if (t := tiers.told(m))), default=None)
            for model in routing.models:
                tier = tiers.told(model)
                if most is not None and tier is not None and tier.rank > most:
                    yield warning(
                        (*place, "models"),
                        f"{'.'.join(map(str, place))} brings {model}, which is stronger than what "
                        f"{name} has in the tier before",
                        "route down as the budget is spent, never up",
                    )
            before = routing


def forgotten(policy: Policy) -> Iterator[Advice]:
    """A model that a tier takes away without a route: whoever asks for it by name is refused."""
    for name, case in policy.use_cases.items():
        for place, routing in routings(name, case):
            for model in case.routing.models:
                if model not in routing.models and model not in routing.route:
                    target = routing.models[0]
                    yield warning(
                        place,
                        f"{'.'.join(map(str, place))} takes {model} away, and routes it nowhere: a "
                        "call for it is refused",
                        f"add `route: {{{model}: {target}}}`",
                    )
