"""A part of a whole."""

from __future__ import annotations

from decimal import Decimal


def ratio(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """None where there is nothing to divide by."""
    return Decimal(part) / Decimal(whole) if whole else None
