"""USD amounts: `Decimal` from text, never from a float (DESIGN D12)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_DOWN, Context, Decimal
from functools import reduce

from ci_tokengate.errors import UsageError

CENT = Decimal("0.01")
MICRO = Decimal("0.000001")
"""The smallest part of a dollar that a cap is sent with."""
_EXACT = Context(prec=400)
"""Room for every float: from 1e12 down to 5e-324."""
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,10})?", re.ASCII)


def parse_usd(text: str, what: str) -> Decimal:
    """An amount a person wrote, in USD: digits, at most one point, no sign, no currency.

    Raises UsageError that names `what`, for `5$`, `NaN`, `-1`, `1e9` and the like.
    """
    if not _AMOUNT.fullmatch(text.strip()):
        raise UsageError(
            f"{what} is {_shown(text)}, which is not an amount in USD.",
            hint="Write digits with at most one point, such as 2.50: "
            "no sign, no currency, no exponent.",
        )
    return Decimal(text.strip())


def parse_cap(text: str, what: str) -> Decimal:
    """As `parse_usd`, and above zero: a cap of nothing is no cap but a mistake."""
    amount = parse_usd(text, what)
    if not amount:
        raise UsageError(
            f"{what} is 0, so the key could not make a single call.",
            hint="Write an amount above zero, such as 2.50.",
        )
    return amount


def floor_micro(amount: Decimal) -> Decimal:
    """`amount` (USD) cut to 1e-6, towards zero: what is sent as a cap never exceeds what was meant."""
    return amount.quantize(MICRO, rounding=ROUND_DOWN)


add_exactly = _EXACT.add
subtract_exactly = _EXACT.subtract
multiply_exactly = _EXACT.multiply


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """Without rounding: Python's usual 28 digits are too few for $12,345 and 3.0000000000000001e-08."""
    return reduce(add_exactly, amounts, Decimal(0))


def plain(amount: Decimal) -> str:
    """Full precision in fixed notation, for JSON and outputs: `0.0000001`, `12.5`, `0`."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
