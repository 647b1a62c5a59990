"""One row of the proxy's log, cut into token buckets that add up to its spend exactly (USD).

The proxy's own account of a call (`cost_breakdown`) comes first. A row without one is cut by the
price list that stands in it, where tokens times prices make up the spend. What neither explains,
such as tools, margins and discounts, is in REST; a discount makes it negative, nothing else does.
"""

from __future__ import annotations

from decimal import Decimal

from ci_tokengate.core.ledger.entry import Bucket
from ci_tokengate.core.money import add_exactly, exact_sum, multiply_exactly, subtract_exactly
from ci_tokengate.core.usage import Charge, UsageRow

Costs = tuple[Decimal, Decimal, Decimal, Decimal, Decimal]
Tokens = tuple[int, int, int, int]

BUCKETS = (Bucket.INPUT, Bucket.OUTPUT, Bucket.CACHE_READ, Bucket.CACHE_WRITE, Bucket.REST)
"""The order of `Costs`, and of `Tokens` without the last."""

_ZERO = Decimal(0)
_NOTHING: Costs = (_ZERO, _ZERO, _ZERO, _ZERO, _ZERO)
_NOISE = Decimal("1e-9")
"""Of the amount: the proxy's figures are sums of binary floats, which are off by 1e-15 of it."""


def tokens_of(row: UsageRow) -> Tokens:
    """Without an overlap. A cache larger than the input was never part of it. Undivided ones count as input."""
    read, written = row.cache_read_tokens, row.cache_write_tokens
    plain = row.input_tokens - read - written
    asked = plain if plain >= 0 else row.input_tokens
    return (asked + row.undivided_tokens, row.output_tokens, read, written)


def costs_of(row: UsageRow) -> Costs:
    """In the order of BUCKETS; their sum is the row's spend, to the last digit."""
    spend = row.spend
    if not spend:
        return _NOTHING
    if spend > 0:
        if row.charge is not None:
            found = _told(row.charge, spend)
            if found is not None:
                return found
        if row.prices is not None:
            found = _priced(row.prices, tokens_of(row), spend)
            if found is not None:
                return found
    return (_ZERO, _ZERO, _ZERO, _ZERO, spend)


def _told(charge: Charge, spend: Decimal) -> Costs | None:
    """None for an account that explains nothing, or more than was spent and taken off."""
    parts = [charge.input, charge.output, charge.cache_read, charge.cache_write]
    whole = add_exactly(add_exactly(parts[0], parts[1]), add_exactly(parts[2], parts[3]))
    if whole == spend and min(parts) >= 0:
        return (parts[0], parts[1], parts[2], parts[3], _ZERO)
    noise = multiply_exactly(max(whole, spend), _NOISE)
    if min(parts) < -noise or whole <= noise:
        return None
    parts = [part if part > 0 else _ZERO for part in parts]
    rest = subtract_exactly(spend, exact_sum(parts))
    if rest < -add_exactly(charge.discount, noise):
        return None
    return _costs(parts, rest, noise)


def _priced(prices: Charge, tokens: Tokens, spend: Decimal) -> Costs | None:
    """None where the prices do not make up the spend."""
    rates = (prices.input, prices.output, prices.cache_read, prices.cache_write)
    parts = [multiply_exactly(rate, count) for rate, count in zip(rates, tokens, strict=True)]
    rest = subtract_exactly(spend, exact_sum(parts))
    noise = multiply_exactly(spend, _NOISE)
    return None if abs(rest) > noise or min(parts) < 0 else _costs(parts, rest, noise)


def _costs(parts: list[Decimal], rest: Decimal, noise: Decimal) -> Costs:
    """A rest that is only the noise of floats belongs to the largest part."""
    if abs(rest) <= noise:
        largest = parts.index(max(parts))
        parts[largest] = add_exactly(parts[largest], rest)
        rest = _ZERO
    return (parts[0], parts[1], parts[2], parts[3], rest)
