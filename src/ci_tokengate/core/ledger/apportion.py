"""Amounts cut into parts that add up exactly: the method of the largest remainder."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from functools import reduce

QUANTUM = Decimal("1e-10")
"""USD: what a ledger can tell apart (DESIGN D12)."""
_EXACT = Context(prec=400)


def quantised(amount: Decimal, quantum: Decimal = QUANTUM) -> Decimal:
    """`amount` (USD) at the ledger's precision; half to even."""
    return amount.quantize(quantum, rounding=ROUND_HALF_EVEN, context=_EXACT)


def apportioned(
    total: Decimal, shares: Sequence[Decimal], quantum: Decimal = QUANTUM
) -> list[Decimal]:
    """`total`, a multiple of `quantum`, cut in proportion to `shares` into multiples of it.

    The parts add up to `total`, and none is further than one quantum from its exact share. A
    share of nothing gets nothing; where all are nothing the first gets all. Shares are not negative.
    """
    whole = sum(shares, Decimal(0))
    if not whole:
        return [total, *(Decimal(0) for _ in shares[1:])] if shares else []
    exact = [_EXACT.divide(_EXACT.multiply(total, share), whole) for share in shares]
    floors = [e.quantize(quantum, rounding=ROUND_FLOOR, context=_EXACT) for e in exact]
    missing = int((total - sum(floors, Decimal(0))) / quantum)
    behind = sorted(range(len(shares)), key=lambda i: (floors[i] - exact[i], i))
    given = set([i for i in behind if shares[i]][:missing])
    return [floor + quantum if i in given else floor for i, floor in enumerate(floors)]


def rounded(amounts: Sequence[Decimal], quantum: Decimal = QUANTUM) -> list[Decimal]:
    """`amounts` as multiples of `quantum` that add up to their own sum at its precision.

    None is as far as one quantum from what it was, and nothing stays nothing. They may be negative.
    """
    floors = [a.quantize(quantum, rounding=ROUND_FLOOR, context=_EXACT) for a in amounts]
    over = [_EXACT.subtract(a, floor) for a, floor in zip(amounts, floors, strict=True)]
    whole = quantised(reduce(_EXACT.add, amounts, Decimal(0)), quantum)
    ups = int(_EXACT.subtract(whole, reduce(_EXACT.add, floors, Decimal(0))) / quantum)
    given = set(sorted(range(len(over)), key=lambda i: (-over[i], i))[:ups])
    return [floor + quantum if i in given else floor for i, floor in enumerate(floors)]
