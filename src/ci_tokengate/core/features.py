"""What proxies differ in, a line each: the README's table, and what `doctor` says that a proxy lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ci_tokengate.core.capabilities import Capabilities, ModelList, steps_words
from ci_tokengate.core.money import MICRO


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One thing that proxies differ in, and how a proxy has it. `graded`: another way of it, or
    none, is no lack of what every policy needs."""

    what: str
    told: Callable[[Capabilities], str]
    graded: bool = False


_WAYS: Mapping[ModelList, str] = {
    ModelList.KEY: "yes",
    ModelList.CONFIG: "by a config that is pinned on the key",
    ModelList.NOTHING: "no",
}


def _yes(so: bool) -> str:
    return "yes" if so else "no"


def _cap(able: Capabilities) -> str:
    if able.cap_step <= MICRO:
        return "to the millionth of a dollar"
    return f"in {steps_words(able.cap_step)}, rounded up"


def _span(able: Capabilities) -> str:
    seconds = int(able.settles_after.total_seconds())
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min"


def _memory(able: Capabilities) -> str:
    return "all of the proxy's log" if able.remembers is None else f"{able.remembers.days} days"


FEATURES: tuple[Feature, ...] = (
    Feature(what="a cap on a key", told=_cap),
    Feature(what="a key that ends by itself, and can be revoked", told=lambda _: "yes"),
    Feature(what="a key held to its models", told=lambda able: _WAYS[able.model_list]),
    Feature(what="`route` (one model in place of another)", told=lambda a: _yes(a.routes_models)),
    Feature(what="`parallel-requests`", told=lambda able: _yes(able.parallel_limit)),
    Feature(what="`requests-per-minute`", told=lambda able: _yes(able.rate_limit), graded=True),
    Feature(what="attribution that a job cannot forge", told=lambda able: _yes(able.spoof_proof)),
    Feature(what="cost by model", told=lambda able: able.by_model.value),
    Feature(what="tokens by kind", told=lambda able: able.tokens.value),
    Feature(what="a count of the calls that a cap refused", told=lambda a: a.counts_refusals.value),
    Feature(what="a stop of the proxy's own for a team", told=lambda able: _yes(able.stops_teams)),
    Feature(what="`budget apply`", told=lambda able: _yes(able.sets_budgets)),
    Feature(what="a minting key for some teams only", told=lambda able: _yes(able.confined)),
    Feature(what="ceilings on what a minting key mints", told=lambda a: _yes(a.ceilings)),
    Feature(
        what="memory of a revoked key that has not called",
        told=lambda able: _yes(able.remembers_ended),
    ),
    Feature(
        what="word of a model that is not served, before the job",
        told=lambda a: _yes(a.lists_models),
    ),
    Feature(what="keeping out a mint that is late", told=lambda able: _yes(able.alias_taken)),
    Feature(what="a figure settles after a key's end by", told=_span, graded=True),
    Feature(what="the cost of an ended key can be read for", told=_memory, graded=True),
)
"""The rows of the README's table."""


def lacking(able: Capabilities) -> str:
    """What this proxy does not do that another can, and what it does in another way; empty for one that does all."""
    whole = Capabilities(product=able.product)
    other = [f for f in FEATURES if not f.graded and f.told(able) != f.told(whole)]
    absent = [f.what for f in other if f.told(able) == "no"]
    ways = [f"{f.what} ({f.told(able)})" for f in other if f.told(able) != "no"]
    parts = [f"{able.product} has not: {', '.join(absent)}" if absent else ""]
    parts.append(f"has in its own way: {', '.join(ways)}" if ways else "")
    return "; ".join(part for part in parts if part)
