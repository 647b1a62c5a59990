"""Models by tier and family: which of them a task may have, and what each is routed to.

A family speaks a dialect of its own (`claude` of `anthropic/claude-haiku`): no route leads out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.policy import Routing

ByTier = Mapping[ModelTier, Sequence[str]]
_FAMILY = re.compile(r"[a-z]+")


def best_of(tier: ModelTier, models: ByTier) -> list[str]:
    """Of each family the strongest that the task may have: an agent speaks to its own family only."""
    rank = {m: t.rank for t in reversed(ModelTier) if t.rank <= tier.rank for m in models[t]}
    best: dict[str, int] = {}
    for model in rank:
        best.setdefault(_family(model), rank[model])
    return [model for model in rank if rank[model] == best[_family(model)]]


def routing_of(main: Sequence[str], models: ByTier) -> Routing:
    """`main` first, then what of their families is weaker, for an agent's small tasks."""
    rank = {m: tier.rank for tier in ModelTier for m in models[tier]}
    weaker = [
        m
        for tier in reversed(ModelTier)
        for m in models[tier]
        if any(_family(m) == _family(own) and rank[m] < rank[own] for own in main)
    ]
    kept = [*dict.fromkeys([*main, *weaker])]
    route = {}
    for tier in ModelTier:
        for model in models[tier]:
            target = next((own for own in main if _family(own) == _family(model)), None)
            if model not in kept and target is not None:
                route[model] = target
    return Routing(models=tuple(kept), route=route)


def lower_than(now: Sequence[str], models: ByTier) -> Routing | None:
    """Each model one step down within its family; None where none has a step."""
    rank = {m: tier.rank for tier in ModelTier for m in models[tier]}
    heads = [m for m in now if all(rank[m] >= rank[o] or _family(o) != _family(m) for o in now)]
    stepped = [_below(model, models, rank) or model for model in heads]
    if stepped == heads:
        return None
    return routing_of([*dict.fromkeys(stepped)], models)


def _below(model: str, models: ByTier, rank: Mapping[str, int]) -> str | None:
    there: Iterable[str] = (
        m
        for tier in reversed(ModelTier)
        for m in models[tier]
        if rank[m] < rank[model] and _family(m) == _family(model)
    )
    return next(iter(there), None)


def _family(model: str) -> str:
    """`claude` of `anthropic/claude-haiku`: another family speaks another dialect."""
    found = _FAMILY.search(model.rpartition("/")[2].lower())
    return found[0] if found else ""
