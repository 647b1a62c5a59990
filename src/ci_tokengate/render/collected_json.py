"""What a collection did, as JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ci_tokengate.core.ledger.collected import Collected
from ci_tokengate.core.money import plain
from ci_tokengate.render.money import stamp


def collected_json(found: Collected) -> dict[str, Any]:
    """Money is USD in full precision, as text; days are UTC."""
    sums = found.reconciliation
    return {
        "proxy": found.proxy,
        "zone": found.zone,
        "as_of": stamp(found.sight.now),
        "clock_ahead_seconds": int(found.sight.ahead.total_seconds()),
        "sees_all": found.sight.whole,
        "first": f"{found.first}",
        "end": f"{found.end}",
        "rows": found.rows,
        "days": [
            {
                "day": f"{day.day}",
                "outcome": day.outcome.value,
                "settled": day.settled,
                "rows": day.rows,
                "new": day.accepted.new,
                "newer": day.accepted.newer,
                "corrections": day.accepted.corrections,
                "gone_usd": plain(day.gone),
            }
            for day in found.days
        ],
        "repositories": [
            {
                "asked": one.asked,
                "name": one.name or None,
                "pulls": one.pulls,
                "trouble": one.trouble.message if one.trouble else None,
            }
            for one in found.repositories
        ],
        "reconciliation": {
            "ledger_usd": plain(sums.ledger),
            "proxy_usd": _plain(sums.proxy),
            "difference_usd": _plain(sums.difference),
            "attributed_usd": plain(sums.attributed),
            "coverage": _plain(sums.coverage),
            "lines": [
                {
                    "day": f"{line.day}",
                    "team_id": line.team_id,
                    "ledger_usd": plain(line.ledger),
                    "proxy_usd": _plain(line.proxy),
                    "difference_usd": _plain(line.difference),
                    "provisional": line.provisional,
                }
                for line in sums.lines
            ],
        },
        "troubles": [error.message for error in found.troubles],
    }


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)
