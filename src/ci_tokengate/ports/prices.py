"""What calls cost by the providers' own lists."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # post imports this page, and should not pay for types that it only names
    from ci_tokengate.core.cost import Unpriced


class PriceBook(Protocol):
    """What providers ask for by their lists."""

    def __call__(self, calls: Unpriced, /) -> Decimal | None:
        """USD for these calls, or None where the book does not know the model."""
        ...
