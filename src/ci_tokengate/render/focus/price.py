"""Unit prices for which price × quantity is exact, in USD.

The ledger knows what was billed for how many tokens, not the price list. The price is the one that
explains the bill: exactly where a decimal of 18 places can, else the shortest decimal that is right
to one quantum of the ledger (1e-10 USD). List and contracted cost are that price × the quantity,
without rounding; what was billed stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from ci_tokengate.core.ledger.apportion import QUANTUM

PLACES = 18
"""Decimal places of a unit price, and so of price × a whole quantity."""
TOKENS = "Tokens"
UNITS = "Units"
_EXACT = Context(prec=100)


@dataclass(frozen=True, kw_only=True)
class Priced:
    """`list_cost` is `unit_price` × `quantity`, exactly; the price is never negative."""

    quantity: Decimal
    unit: str
    unit_price: Decimal
    list_cost: Decimal


def priced(cost: Decimal, tokens: int) -> Priced:
    """`cost` for `tokens`; one unit of that price where tokens cannot carry it.

    So it is with what is billed by no token, and with a correction of more tokens for less money.
    """
    if tokens and (not cost or (cost > 0) == (tokens > 0)):
        price = unit_price(abs(cost), abs(tokens))
        quantity = Decimal(tokens)
        product = _EXACT.multiply(price, quantity)
        return Priced(quantity=quantity, unit=TOKENS, unit_price=price, list_cost=product)
    if not cost:
        return Priced(quantity=cost, unit=TOKENS, unit_price=cost, list_cost=cost)
    one = Decimal(1 if cost > 0 else -1)
    return Priced(quantity=one, unit=UNITS, unit_price=abs(cost), list_cost=cost)


def unit_price(cost: Decimal, tokens: int) -> Decimal:
    """USD per token; both are above zero, or the cost is zero."""
    exact = _EXACT.divide(cost, tokens)
    finest = _rounded(exact, PLACES)
    if _EXACT.multiply(finest, tokens) == cost:
        return finest.normalize(_EXACT)
    for places in range(1, PLACES):
        price = _rounded(exact, places)
        if price and abs(_EXACT.subtract(_EXACT.multiply(price, tokens), cost)) <= QUANTUM:
            return price
    return finest


def _rounded(price: Decimal, places: int) -> Decimal:
    return price.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN, context=_EXACT)
