"""What a ledger has and a proxy's log shows no more: it was pruned. Named, never lowered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from ci_tokengate.core.ledger.entry import Cell, CellName
from ci_tokengate.core.money import add_exactly, subtract_exactly


def gone(kept: Iterable[Cell], read: Callable[[CellName], Cell | None], proxy: str) -> Decimal:
    """USD of the cells of `proxy` that a later reading has fewer rows of, or none (`read` gives None)."""
    total = Decimal(0)
    for cell in kept:
        if cell.name.proxy != proxy:
            continue
        again = read(cell.name)
        if again is not None and again.version >= cell.version:
            continue
        missing = subtract_exactly(cell.cost, again.cost if again else Decimal(0))
        total = add_exactly(total, missing)
    return total
