"""What job keys spent, from analytics: one row a key and model, with the sums of its calls."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from ci_tokengate.adapters.proxies.portkey import analytics, bodies, labels
from ci_tokengate.adapters.proxies.portkey.analytics import ANSWERED, REFUSED, Query
from ci_tokengate.adapters.proxies.portkey.money import check_unit, usd
from ci_tokengate.adapters.proxies.rest import Rest
from ci_tokengate.core.alias import PREFIX
from ci_tokengate.core.usage import UsageRow

OTHER_MODELS = "other models"
"""What no model that analytics name accounts for."""

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


@dataclass(frozen=True, kw_only=True)
class Key:
    """A job key as analytics know it. `label` is its metadata's value; cap in USD."""

    alias: str
    label: str
    cap: Decimal | None
    requests: int
    cents: Decimal
    last_seen: datetime | None


def keys(calls: Rest, prefix: str, part: str, query: Query) -> Iterator[tuple[Key, Query]]:
    """Those whose alias starts with `prefix` and has `part` in it, each with the query for its calls."""
    if part.startswith(":") and part.endswith("."):
        query = query.having(**{labels.RUN: labels.cut(part[1:-1])})
    for scope in _scopes(calls, prefix, query):
        of_scope = query.having(**{labels.SCOPE: labels.cut(scope)})
        for group in analytics.by_metadata(calls, labels.KEY, of_scope):
            key = _key(scope, group)
            if key.alias.startswith(prefix) and part.lower() in key.alias.lower():
                yield key, of_scope.having(**{labels.KEY: key.label})


def _scopes(calls: Rest, prefix: str, query: Query) -> Iterable[str]:
    """One where the prefix is of one; else those that analytics know."""
    rest = prefix.removeprefix(PREFIX)
    scope, colon, _ = rest.partition(":")
    if colon:
        return [scope]
    known = analytics.by_metadata(calls, labels.SCOPE, query)
    return [
        g.metadata_value for g in known if g.metadata_value and g.metadata_value.startswith(rest)
    ]


def _key(scope: str, group: bodies.Group) -> Key:
    label = group.metadata_value or ""
    tail, cap = labels.read_key_label(label)
    return Key(
        alias=f"{PREFIX}{scope}:{tail}",
        label=label,
        cap=cap,
        requests=int(group.requests or 0),
        cents=group.cost or Decimal(0),
        last_seen=group.last_seen,
    )


def rows(
    calls: Rest, found: Iterable[tuple[Key, Query]], ids: Mapping[str, str]
) -> Iterator[UsageRow]:
    """Of these keys. `ids` are Portkey's own of keys that are known: it judges by them what metadata may only say.

    Raises UndecidedError where the cost is told in two units.
    """
    whole, groups = Decimal(0), Decimal(0)
    for key, query in found:
        if key.alias in ids:
            query = replace(query, metadata={}, key_ids=(ids[key.alias],))
        cents = analytics.total(calls, "cost", query)
        whole, groups = whole + cents, groups + key.cents
        base = UsageRow(
            key_id=key.alias,
            alias=key.alias,
            model="",
            call_type="",
            spend=Decimal(0),
            team_id=query.workspace,
            calls=max(key.requests, 1),
            started_at=key.last_seen or query.until,
        )
        yield from _by_model(calls, query, base, cents)
        yield from _refused(calls, query, base)
    check_unit(whole, groups, "groups")


def _by_model(calls: Rest, query: Query, base: UsageRow, cents: Decimal) -> Iterator[UsageRow]:
    """What the models do not account for is a row of its own: the parts always add up to the key's cost."""
    models = [g.ai_model for g in analytics.by_model(calls, query) if g.ai_model]
    own = {m: query if len(models) == 1 else replace(query, models=_everywhere(m)) for m in models}
    costs = {
        model: cents if len(models) == 1 else analytics.total(calls, "cost", its)
        for model, its in own.items()
    }
    left = cents - sum(costs.values(), Decimal(0))
    if costs and abs(left) <= _noise(cents, costs.values()):
        costs[max(costs, key=lambda model: costs[model])] += left
        left = Decimal(0)
    for model, cost in costs.items():
        answered = replace(own[model], status=ANSWERED)
        count = int(analytics.total(calls, "requests", answered))
        if cost or count:
            yield replace(
                base,
                model=model,
                provider_model=model,
                spend=usd(cost),
                calls=max(count, 1),
                undivided_tokens=int(analytics.total(calls, "tokens", own[model])),
            )
    if left > 0:
        calls_left = base.calls if not models else 1
        yield replace(base, model=OTHER_MODELS, spend=usd(left), calls=calls_left, told=False)


def _noise(whole: Decimal, parts: Collection[Decimal]) -> Decimal:
    """By how much (cents) the parts may miss the whole: half a cent each where all are rounded, else a float's end."""
    if all(part == part.to_integral_value() for part in (whole, *parts)):
        return Decimal(len(parts) + 1) / 2
    return max(abs(whole), Decimal(1)) * _FLOAT_END


def _everywhere(model: str) -> tuple[str, ...]:
    return tuple(f"{provider}__{model}" for provider in _PROVIDERS)


def _refused(calls: Rest, query: Query, base: UsageRow) -> Iterator[UsageRow]:
    """By the key's cap or by its workspace's budget: Portkey does not say which."""
    number = int(analytics.total(calls, "requests", replace(query, status=REFUSED)))
    if number:
        yield replace(base, failed=True, refusal="a budget is used up (HTTP 412)", calls=number)
