"""Chargeback by cost center. The parts add up to the month's spend exactly.

A pull request with declared owners is split between them by how much of the change is theirs; all
other spend goes to the key's cost center, else to its team's by the policy, else to none.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from ci_tokengate.core.ledger.apportion import apportioned
from ci_tokengate.core.showback.names import Names
from ci_tokengate.core.showback.pulls import Pulls
from ci_tokengate.core.showback.sums import Sums
from ci_tokengate.core.showback.values import Charge

DIRECT, SPLIT, UNATTRIBUTED = range(3)


def charges(sums: Sums, pulls: Pulls, names: Names) -> tuple[Charge, ...]:
    """The dearest first; what has no cost center last."""
    found: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for kind, amounts in ((DIRECT, sums.direct), (UNATTRIBUTED, sums.unattributed)):
        for (center, team_id), amount in amounts.items():
            found[center or names.cost_center(team_id)][kind] += amount
    for name, amount in sums.owned.items():
        owners = sorted(pulls.by_name[name].owners)
        parts = apportioned(amount, [Decimal(weight) for _, weight in owners])
        for (center, _), part in zip(owners, parts, strict=True):
            found[center][SPLIT] += part
    lines = [
        Charge(cost_center=center, direct=kinds[0], split=kinds[1], unattributed=kinds[2])
        for center, kinds in found.items()
    ]
    return tuple(sorted(lines, key=lambda c: (not c.cost_center, -c.total, c.cost_center)))
