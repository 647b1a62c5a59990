"""What a proxy can do, as a value: the verdict, `doctor` and the README's table all say what stands here.

An adapter fills it in; nothing else in the product asks which proxy it is. The defaults are a proxy that can do
everything, so an adapter names what it lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from enum import Enum
from typing import TYPE_CHECKING

from ci_tokengate.core.cost import SETTLES_AFTER
from ci_tokengate.core.money import MICRO, floor_micro, plain

if TYPE_CHECKING:
    from ci_tokengate.core.policy import Routing, UseCase


class ModelList(Enum):
    """What holds a job key to the models of its use case."""

    KEY = "the key"
    CONFIG = "a config that the policy pins on the key"
    NOTHING = "nothing"


class ByModel(Enum):
    """When a cost is known by model; until then it is known by job."""

    AT_ONCE = "at once"
    NEXT_DAY = "when the UTC day is over"


class Counted(Enum):
    """How many of the calls that a cap refused a job's end can tell."""

    ALL = "yes"
    SOME = "as many as are told in time"
    NONE = "no"


class Tokens(Enum):
    """How the tokens of a job's calls are told."""

    BY_KIND = "yes"
    SUM = "their sum only"
    NEXT_DAY = "in and out, when the UTC day is over"


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """USD. `product` is the proxy as people call it, `guide` where its set-up is described.

    cap_step: a key's cap is a multiple of it, rounded up.
    settles_after: rows of a key that ended so long ago are all there.
    remembers: for how long the cost of an ended key can be read; None is as long as the proxy keeps its log.
    confined: a minting credential can be held to some teams; else it mints for all.
    ceilings: an operator can bound what is minted, whoever holds the minting credential.
    remembers_ended: a revoked key is known at once; else only once its calls are told, and never without one.
    lists_models: it says which models a key may call.
    alias_taken: aliases are unique, so that a mint in flight can be kept from succeeding.
    """

    product: str
    guide: str = "README, “Setting up LiteLLM”"
    cap_step: Decimal = MICRO
    spoof_proof: bool = True
    by_model: ByModel = ByModel.AT_ONCE
    tokens: Tokens = Tokens.BY_KIND
    counts_refusals: Counted = Counted.ALL
    stops_teams: bool = True
    sets_budgets: bool = True
    model_list: ModelList = ModelList.KEY
    routes_models: bool = True
    parallel_limit: bool = True
    rate_limit: bool = True
    confined: bool = True
    alias_taken: bool = True
    lists_models: bool = True
    remembers_ended: bool = True
    ceilings: bool = True
    settles_after: timedelta = SETTLES_AFTER
    remembers: timedelta | None = None


def in_steps(amount: Decimal, step: Decimal) -> Decimal:
    """The cap that is sent for `amount` (USD): its whole steps, begun ones included.

    A millionth is cut off instead: what is sent as a cap never exceeds what was meant, where it can be helped.
    """
    if step <= MICRO or amount <= 0:
        return floor_micro(amount)
    return (amount / step).to_integral_value(ROUND_CEILING) * step


def steps_words(step: Decimal) -> str:
    return "whole dollars" if step == 1 else f"steps of ${plain(step)}"


def shortfalls(able: Capabilities, use_case: UseCase, routing: Routing) -> tuple[str, ...]:
    """What of a use case this proxy does not hold a key to, one sentence each."""
    found = []
    if able.model_list is ModelList.CONFIG and not routing.config:
        found.append(
            f"{able.product} does not hold this key to the models of {use_case.name}: "
            "no `config` is pinned on it."
        )
    if able.model_list is ModelList.NOTHING:
        found.append(f"{able.product} does not hold this key to the models of {use_case.name}.")
    if use_case.parallel_requests and not able.parallel_limit:
        found.append(f"{able.product} has no limit of parallel requests, so none holds this key.")
    if use_case.requests_per_minute and not able.rate_limit:
        found.append(f"{able.product} has no limit of requests a minute, so none holds this key.")
    return tuple(found)
