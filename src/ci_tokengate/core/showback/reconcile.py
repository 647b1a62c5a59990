"""The ledger held against the proxy's own totals, per team and UTC day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from ci_tokengate.core.ledger.records import DayRead, TeamDay
from ci_tokengate.core.showback.names import Names
from ci_tokengate.core.showback.values import DayDifference, Reconciliation

TOLERANCE = Decimal("0.000001")
"""USD per team and day. The proxy adds its own totals up in floats."""
WORST = 5
Key = tuple[str, str, date]


def reconcile(
    in_ledger: Iterable[TeamDay],
    at_proxy: Iterable[TeamDay],
    reads: Iterable[DayRead],
    names: Names,
) -> Reconciliation:
    """Days that the proxy was not asked about are counted, and not compared."""
    ours, theirs = _added(in_ledger), _added(at_proxy)
    settled = {(r.proxy, r.day) for r in reads if r.settled}
    found = [
        DayDifference(
            proxy=proxy,
            team=names.of(team_id),
            day=day,
            ledger=ours.get((proxy, team_id, day), Decimal(0)),
            at_proxy=spend,
            open=(proxy, day) not in settled,
        )
        for (proxy, team_id, day), spend in theirs.items()
    ]
    differing = [d for d in found if abs(d.difference) > TOLERANCE]
    worst = sorted(differing, key=lambda d: (-abs(d.difference), d.day, d.team, d.proxy))
    return Reconciliation(
        compared=len(found),
        uncompared=len(set(ours) - set(theirs)),
        differing=len(differing),
        settling=sum(d.open for d in differing),
        ledger=sum((d.ledger for d in found), Decimal(0)),
        at_proxy=sum((d.at_proxy for d in found), Decimal(0)),
        worst=tuple(worst[:WORST]),
    )


def _added(days: Iterable[TeamDay]) -> dict[Key, Decimal]:
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for day in days:
        found[day.proxy, day.team_id, day.day] += day.spend
    return found
