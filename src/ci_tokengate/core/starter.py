"""The policy to begin with: eight kinds of task, each on the least model that does it well.

A fast model for what is bounded and asked for often, a middle one for judgement, a strong one where
much hangs on it. As the budget is spent, each is routed one step down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from ci_tokengate.core.families import ByTier, best_of, lower_than, routing_of
from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.money import CENT
from ci_tokengate.core.policy import Routing, Tiers
from ci_tokengate.core.showback.tiers import named, needed, thirds

FAST, MIDDLE, STRONG = ModelTier
_HIGHEST = Decimal(20)
"""USD: no key of the starter may spend more, unless it is asked for; the README's ceiling."""
_COST = {FAST: 1, MIDDLE: 5, STRONG: 20}
"""What the same task costs in each tier, by the usual estimate."""


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
    steps = [routing_of(best_of(tier, models), models)]
    while lower := lower_than(steps[-1].models, models):
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


def _bounded(amount: Decimal, plan: Decimal | None, most: Decimal | None) -> Decimal:
    """To the cent; not above the team's hard stop, nor `most`."""
    stop = plan * Tiers().hard_stop / 100 if plan else None
    bounds = [amount, *([stop] if stop else []), *([most] if most else [])]
    return max(min(bounds).quantize(CENT, rounding=ROUND_DOWN), CENT)
