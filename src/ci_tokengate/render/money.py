"""Amounts and times as people read them. Rounding happens here and nowhere else (DESIGN D12)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal


def usd(amount: Decimal) -> str:
    """`$1,234.50`; amounts below a cent keep two significant digits: `$0.00042`."""
    if amount and abs(amount) < Decimal("0.01"):
        places = max(2, 1 - amount.adjusted())
        return f"${amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN):f}"
    return f"${amount.quantize(Decimal('0.01'), rounding=ROUND_HALF_EVEN):,f}"


def percent(value: Decimal) -> str:
    """`61.9 %`, `150 %`; one decimal, dropped when it is zero.

    Never rounded up into the next tier: 79.99 is 79.9 %.
    """
    text = f"{value.quantize(Decimal('0.1'), rounding='ROUND_DOWN'):f}"
    return f"{text.removesuffix('.0')} %"


def when(moment: datetime) -> str:
    """`1 Dec 00:00 UTC`."""
    return f"{moment.day} {moment:%b %H:%M} UTC"


def day(moment: date) -> str:
    """`1 Oct 2026`."""
    return f"{moment.day} {moment:%b %Y}"


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, whole seconds: `2026-12-01T00:00:00Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, for machines: `2026-12-01T00:00:00.000000Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"
