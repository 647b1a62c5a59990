"""Is what a proxy tells of a call in dollars? Compared with the provider's list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ci_tokengate.core.capabilities import ByModel, Capabilities
from ci_tokengate.core.check import Check, fail, not_checked, ok
from ci_tokengate.core.cost import Unpriced
from ci_tokengate.core.usage import UsageRow, total
from ci_tokengate.ports import PriceBook
from ci_tokengate.render.money import usd

REPORT = "the adapter was written for another behaviour: report it with this line"
_SUBJECT = "live"
_FAR = 10
"""By how many times a figure may be off the provider's price and still be in the same unit."""


def unit_check(book: PriceBook, able: Capabilities, rows: Sequence[UsageRow]) -> Check:
    """The provider's price of so many tokens, were they all read, and all written."""
    spend = total(rows)
    if able.by_model is not ByModel.AT_ONCE:
        return not_checked(_SUBJECT, "tokens are told when the day is over, so no price compares")
    prices = [price for row in rows for price in _prices(book, row)]
    if not prices:
        return not_checked(_SUBJECT, f"no price list knows {rows[0].provider_model}")
    low, high = min(prices), max(prices)
    said = f"{usd(spend)} was told, and by the provider's list it is {usd(low)} to {usd(high)}"
    if low / _FAR <= spend <= high * _FAR:
        return ok(_SUBJECT, f"the unit of money is right: {said}")
    return fail(_SUBJECT, f"the unit of money is another than documented: {said}", REPORT)


def _prices(book: PriceBook, row: UsageRow) -> Iterator[Decimal]:
    read, written = row.input_tokens, row.output_tokens
    ways = [(row.undivided_tokens, 0), (0, row.undivided_tokens)]
    for more_read, more_written in ways if row.undivided_tokens else [(0, 0)]:
        price = book(
            Unpriced(
                use_case="",
                model=row.model,
                provider_model=row.provider_model,
                requests=row.calls,
                input_tokens=read + more_read,
                output_tokens=written + more_written,
                cache_read_tokens=row.cache_read_tokens,
                cache_write_tokens=row.cache_write_tokens,
            )
        )
        if price:
            yield price
