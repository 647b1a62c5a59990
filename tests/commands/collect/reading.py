"""What a ledger holds, as tests compare it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ci_tokengate.core.ledger.entry import Cell, LedgerKey
from ci_tokengate.core.money import exact_sum
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.ports.ledger import Ledger

EVER = (date(2026, 1, 1), date(2027, 1, 1))


def everything(ledger: Ledger) -> list[tuple[Cell, LedgerKey]]:
    return sorted(ledger.cells(*EVER), key=lambda pair: pair[0].name)


def figures(ledger: Ledger) -> list[object]:
    """All but how settled it is."""
    return [(c.name, c.version, c.parts, key) for c, key in everything(ledger)]


def total(ledger: Ledger) -> Decimal:
    return exact_sum(cell.cost for cell, _ in ledger.cells(*EVER))


def spent(rows: list[UsageRow]) -> Decimal:
    return exact_sum(row.spend for row in rows)


def states(ledger: Ledger) -> dict[date, str]:
    return {cell.name.day: cell.state.value for cell, _ in ledger.cells(*EVER)}
