"""What job keys spent, from analytics: one row a key and model, with the sums of its calls.

A key takes two questions where its scope has called one model, and three more a model where it has called several.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from ci_tokengate.adapters.proxies.portkey import analytics, labels
from ci_tokengate.adapters.proxies.portkey.analytics import ANSWERED, REFUSED, Query
from ci_tokengate.adapters.proxies.portkey.groups import Key, Scope
from ci_tokengate.adapters.proxies.portkey.money import check_unit, usd
from ci_tokengate.adapters.proxies.rest import Rest
from ci_tokengate.core.usage import UsageRow

OTHER_MODELS = "other models"
"""What no model that analytics name accounts for."""
ROUNDED = "rounded away"
"""What the sums of single keys lost to whole cents, and their pull request's has."""

_NONE = Decimal(0)
_FLOAT_END = Decimal("1e-9")
_PROVIDERS = (
    *("anthropic", "openai", "azure-openai", "azure-ai", "bedrock", "vertex-ai", "google"),
    *("mistral-ai", "cohere", "deepseek", "groq", "together-ai", "fireworks-ai", "x-ai"),
    *("perplexity-ai", "openrouter", "cerebras", "sambanova", "deepinfra", "huggingface"),
    *("workers-ai", "nebius", "hyperbolic", "novita-ai", "moonshot", "dashscope", "ollama"),
)
"""A model is filtered by together with its provider, which the list of models does not tell: all are named.

Source: https://github.com/Portkey-AI/gateway, src/globals.ts.
"""


def rows(calls: Rest, scopes: Iterable[Scope], ids: Mapping[str, str]) -> Iterator[UsageRow]:
    """Of these scopes' keys. `ids` are Portkey's own of keys that are known: by them a call is a key's whatever its
    metadata say.

    Raises UndecidedError where the cost is told in two units.
    """
    for scope in scopes:
        whole = analytics.total(calls, "cost", scope.query)
        models = _models(calls, scope.query)
        answered = _counts(calls, scope.query, ANSWERED)
        refused = _counts(calls, scope.query, REFUSED)
        costs: dict[str, Decimal] = {}
        for key in scope.keys:
            query = scope.of(key)
            if key.alias in ids:
                query = replace(query, metadata={}, key_ids=(ids[key.alias],))
            cents = costs[key.alias] = analytics.total(calls, "cost", query)
            base = replace(_base(scope, key), rounded=whole > 0 and _in_whole_cents(whole))
            if len(models) == 1:
                count = answered.get(key.label, 0)
                yield from _of_a_model(calls, query, base, models[0], cents, count)
            else:
                yield from _by_model(calls, query, base, cents)
            if key.label in refused:
                said = "a budget is used up (HTTP 412)"
                yield replace(base, failed=True, refusal=said, calls=refused[key.label])
        grouped = (key.cents for key in scope.keys)
        check_unit(sum(costs.values(), _NONE), sum(grouped, _NONE), "groups")
        if scope.whole:
            yield from _rounded_away(scope, whole, costs)


def _base(scope: Scope, key: Key) -> UsageRow:
    return UsageRow(
        key_id=key.alias,
        alias=key.alias,
        model="",
        call_type="",
        spend=Decimal(0),
        team_id=scope.query.workspace,
        started_at=key.last_seen or scope.query.until,
    )


def _models(calls: Rest, query: Query) -> list[str]:
    return [group.ai_model for group in analytics.by_model(calls, query) if group.ai_model]


def _counts(calls: Rest, query: Query, status: str) -> dict[str, int]:
    """How many calls of each key had an answer of this status. By key's cap or by its workspace's limit is 412 both."""
    groups = analytics.by_metadata(calls, labels.KEY, replace(query, status=status))
    return {group.metadata_value or "": int(group.requests or 0) for group in groups}


def _of_a_model(
    calls: Rest, query: Query, base: UsageRow, model: str, cents: Decimal, answered: int
) -> Iterator[UsageRow]:
    if cents or answered:
        yield replace(
            base,
            model=model,
            provider_model=model,
            spend=usd(cents),
            calls=max(answered, 1),
            undivided_tokens=int(analytics.total(calls, "tokens", query)),
        )


def _by_model(calls: Rest, query: Query, base: UsageRow, cents: Decimal) -> Iterator[UsageRow]:
    """What the models do not account for is a row of its own: the parts always add up to the key's cost."""
    its = {model: replace(query, models=_everywhere(model)) for model in _models(calls, query)}
    costs = {model: analytics.total(calls, "cost", one) for model, one in its.items()}
    left = cents - sum(costs.values())
    if costs and abs(left) <= noise(cents, costs.values()):
        costs[max(costs, key=lambda model: costs[model])] += left
        left = Decimal(0)
    for model, cost in costs.items():
        one = replace(its[model], status=ANSWERED)
        answered = int(analytics.total(calls, "requests", one))
        yield from _of_a_model(calls, its[model], base, model, cost, answered)
    if left > 0:
        yield replace(base, model=OTHER_MODELS, spend=usd(left), told=False)


def _rounded_away(scope: Scope, whole: Decimal, costs: Mapping[str, Decimal]) -> Iterator[UsageRow]:
    """No job's call is free because it cost less than half a cent: told with the dearest key."""
    left = whole - sum(costs.values())
    if _in_whole_cents(whole, *costs.values()) and 0 < left <= noise(whole, costs.values()):
        dearest = max(scope.keys, key=lambda key: costs[key.alias])
        yield replace(_base(scope, dearest), model=ROUNDED, spend=usd(left), told=False)


def noise(whole: Decimal, parts: Collection[Decimal]) -> Decimal:
    """By how much (cents) the parts may miss the whole: half a cent each where all are rounded, else a float's end."""
    if _in_whole_cents(whole, *parts):
        return Decimal(len(parts) + 1) / 2
    return max(abs(whole), Decimal(1)) * _FLOAT_END


def _in_whole_cents(*amounts: Decimal) -> bool:
    return all(cents == cents.to_integral_value() for cents in amounts)


def _everywhere(model: str) -> tuple[str, ...]:
    return tuple(f"{provider}__{model}" for provider in _PROVIDERS)
