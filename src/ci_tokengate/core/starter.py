"""The policy to begin with: eight kinds of task, each on the least model that does it well.

A fast model for what is bounded and asked for often, a middle one for judgement, a strong one where
much hangs on it. As the budget is spent, each is routed one step down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from ci_tokengate.core.money import CENT
from ci_tokengate.core.policy import ModelTier, Routing, Tiers
from ci_tokengate.core.showback.tiers import named, needed, thirds

FAST, MIDDLE, STRONG = ModelTier
ByTier = Mapping[ModelTier, Sequence[str]]
_HIGHEST = Decimal(20)
"""USD: no key of the starter may spend more, unless it is asked for; the README's ceiling."""
_COST = {FAST: 1, MIDDLE: 5, STRONG: 20}
"""What the same task costs in each tier, by the usual estimate."""
_FAMILY = re.compile(r"[a-z]+")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One kind of task; `about` says why it is of its tier."""

    name: str
    tier: ModelTier
    about: str


TASKS = (
    Task(name="completion", tier=FAST, about="speed matters more than depth"),
    Task(name="explanation", tier=FAST, about="well defined: explanations, docstrings"),
    Task(name="batch", tier=FAST, about="many small ones: summaries, classification"),
    Task(name="code-review", tier=MIDDLE, about="judgement on patterns, security, style"),
    Task(name="test-generation", tier=MIDDLE, about="some complexity, and clear what is right"),
    Task(name="refactoring", tier=MIDDLE, about="much context, but structured"),
    Task(name="architecture", tier=STRONG, about="ambiguous trade-offs"),
    Task(name="autonomous-agent", tier=STRONG, about="a loop that plans: its quality tells"),
)


@dataclass(frozen=True, kw_only=True)
class StarterCase:
    """A use case as it is written. Caps are USD."""

    task: Task
    routing: Routing
    cap_per_run: Decimal
    cap_per_pr: Decimal
    when_amber: Routing | None
    when_red: Routing | None


def by_tier(models: Sequence[str], prices: Mapping[str, Decimal]) -> dict[ModelTier, list[str]]:
    """Each model by its name, else by its price (USD a token), else in the middle."""
    guessed = thirds({m: prices[m] for m in models if m in prices})
    found: dict[ModelTier, list[str]] = {tier: [] for tier in ModelTier}
    for model in dict.fromkeys(models):
        found[named(model) or guessed.get(model, MIDDLE)].append(model)
    return found


def starter_cases(
    models: ByTier, chosen: str, cap_per_run: Decimal, cap_per_pr: Decimal, plan: Decimal | None
) -> list[StarterCase]:
    """`chosen` is the use case that the caps (USD) are told for; the others' follow from their tiers.

    A task that no model is cheap enough for is left out, unless it is the chosen one.
    """
    tasks = [*TASKS]
    if chosen not in {task.name for task in tasks}:
        tier = needed(chosen, None)[0] or MIDDLE
        tasks.insert(0, Task(name=chosen, tier=tier, about="the one that was asked for"))
    own = next(task.tier for task in tasks if task.name == chosen)
    found = []
    for task in tasks:
        told = task.name == chosen
        least = _least(models)
        if task.tier.rank < least.rank and not told:
            continue
        tier = max(task.tier, least, key=lambda t: t.rank)
        ratio = Decimal(_COST[task.tier]) / _COST[own]
        run, pull = cap_per_run, cap_per_pr
        if not told:
            run = _bounded(cap_per_run * ratio, plan, max(_HIGHEST, cap_per_run))
            pull = max(_bounded(cap_per_pr * ratio, plan, None), run)
        found.append(_case(task, tier, models, run, pull))
    return found


def left_out(models: ByTier) -> list[str]:
    """The tasks for which no model is cheap enough."""
    least = _least(models)
    return [task.name for task in TASKS if task.tier.rank < least.rank]


def _least(models: ByTier) -> ModelTier:
    return next(tier for tier in ModelTier if models[tier])


def _case(task: Task, tier: ModelTier, models: ByTier, run: Decimal, pull: Decimal) -> StarterCase:
    steps = [_routing(_best(tier, models), models)]
    while lower := _lower(steps[-1].models, models):
        steps.append(lower)
    amber, red = ([*steps[1:], None, None])[:2]
    return StarterCase(
        task=Task(name=task.name, tier=tier, about=task.about),
        routing=steps[0],
        cap_per_run=run,
        cap_per_pr=pull,
        when_amber=amber,
        when_red=red,
    )


def _best(tier: ModelTier, models: ByTier) -> list[str]:
    """Of each family the strongest that the task may have: an agent speaks to its own family only."""
    rank = {m: t.rank for t in reversed(ModelTier) if t.rank <= tier.rank for m in models[t]}
    best: dict[str, int] = {}
    for model in rank:
        best.setdefault(_family(model), rank[model])
    return [model for model in rank if rank[model] == best[_family(model)]]


def _routing(main: Sequence[str], models: ByTier) -> Routing:
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


def _lower(now: Sequence[str], models: ByTier) -> Routing | None:
    """Each model one step down within its family; None where none has a step."""
    rank = {m: tier.rank for tier in ModelTier for m in models[tier]}
    heads = [m for m in now if all(rank[m] >= rank[o] or _family(o) != _family(m) for o in now)]
    stepped = [_below(model, models, rank) or model for model in heads]
    if stepped == heads:
        return None
    return _routing([*dict.fromkeys(stepped)], models)


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


def _bounded(amount: Decimal, plan: Decimal | None, most: Decimal | None) -> Decimal:
    """To the cent; not above the team's hard stop, nor `most`."""
    stop = plan * Tiers().hard_stop / 100 if plan else None
    bounds = [amount, *([stop] if stop else []), *([most] if most else [])]
    return max(min(bounds).quantize(CENT, rounding=ROUND_DOWN), CENT)
