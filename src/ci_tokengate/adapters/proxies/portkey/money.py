"""The one place that knows Portkey's unit of money: analytics are in US cents, limits in US dollars.

Source: the description of `/analytics/graphs/cost` ("Total cost in cents"); of `usage_limits`, "credit_limit".
A sum is documented as an integer and comes with fractions, so both are taken.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from ci_tokengate.errors import UndecidedError

_CENTS = Decimal(100)
_OTHER_UNIT = Decimal(50)
"""By how many times two sums of the same calls differ only where they are in different units."""


def usd(cents: Decimal) -> Decimal:
    return cents / _CENTS


def credit_limit(cap: Decimal) -> int:
    """Whole dollars, one at least: Portkey has no smaller limit."""
    return max(1, int(cap.to_integral_value(ROUND_CEILING)))


def check_unit(documented: Decimal, other: Decimal, what: str) -> None:
    """Two sums of the same calls, the first in cents by the description.

    Raises UndecidedError where they are so far apart that one must be in another unit.
    """
    low, high = sorted((abs(documented), abs(other)))
    if low and high / low >= _OTHER_UNIT:
        raise UndecidedError(
            f"Portkey's analytics tell the same cost as {documented:f} and, by {what}, as {other:f}: "
            "one of them is not in cents.",
            hint="A figure in an unknown unit is no figure. `ci-tokengate doctor --live` compares a call's "
            "cost with the provider's price.",
        )
