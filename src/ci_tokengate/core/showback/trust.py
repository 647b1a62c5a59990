"""How far the figures can be trusted, added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from ci_tokengate.core.showback.names import Names
from ci_tokengate.core.showback.reading import Reading
from ci_tokengate.core.showback.reconcile import reconcile
from ci_tokengate.core.showback.sums import Sums
from ci_tokengate.core.showback.values import Trust


def trust_of(reading: Reading, sums: Sums, names: Names, today: date) -> Trust:
    month = reading.month
    reads = [r for r in reading.reads if month.first <= r.day < month.end]
    unpriced: dict[str, int] = defaultdict(int)
    for (_, _, model), found in sums.models.items():
        unpriced[model] += found.unpriced
    return Trust(
        total=sum((t.cost for t in sums.teams.values()), Decimal(0)),
        attributed=sum((t.attributed for t in sums.teams.values()), Decimal(0)),
        read=bool(reads),
        whole=bool(reads) and all(r.whole for r in reads),
        open_cost=sum((t.open_cost for t in sums.teams.values()), Decimal(0)),
        unpriced=tuple(sorted((m, n) for m, n in unpriced.items() if n)),
        corrected=sums.corrected,
        gone=sum((r.gone for r in reads), Decimal(0)),
        unread_days=_unread(reading, today),
        unknown_pulls=sums.unknown_pulls,
        reconciliation=reconcile(reading.in_ledger, reading.at_proxy, reads, names),
    )


def _unread(reading: Reading, today: date) -> int:
    """UTC days of the month, before today, that no reading of some proxy covers."""
    days: Sequence[date] = [
        reading.month.first + timedelta(days=n)
        for n in range((min(reading.month.end, today) - reading.month.first).days)
    ]
    begun: dict[str, date] = {}
    for read in reading.reads:
        begun[read.proxy] = min(read.day, begun.get(read.proxy, read.day))
    covered = {(r.proxy, r.day) for r in reading.reads}
    return sum(
        1 for p, first in begun.items() for d in days if d >= first and (p, d) not in covered
    )


def known_until(reading: Reading) -> datetime | None:
    """When the proxy that was read longest ago was read; None where none ever was."""
    newest: dict[str, datetime] = {}
    for read in reading.reads:
        newest[read.proxy] = max(read.read_at, newest.get(read.proxy, read.read_at))
    return min(newest.values(), default=None)
