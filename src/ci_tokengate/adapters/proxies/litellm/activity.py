"""What the proxy itself says that teams spent, by UTC day.

Pages cut the proxy's own rows, not days or teams, and the totals beside them are the page's: all
pages are added up. Source: `GET /team/daily/activity`, observed on 1.106.2.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count

from ci_tokengate.adapters.proxies.litellm import collected_bodies as bodies
from ci_tokengate.adapters.proxies.litellm.calls import Calls
from ci_tokengate.core.money import add_exactly

_ROWS_A_PAGE = "1000"
_NO_TEAM = "Unassigned"
"""How the proxy's sums by team name what has none."""
_ZERO = Decimal(0)


def spent(calls: Calls, first: date, last: date) -> dict[tuple[str, date], Decimal]:
    """USD by team id and day, both ends included. Only whoever sees all may ask."""
    found: dict[tuple[str, date], Decimal] = {}
    for number in count(1):
        params = {"start_date": f"{first}", "end_date": f"{last}", "page": f"{number}"}
        params["page_size"] = _ROWS_A_PAGE
        page = calls.page(bodies.Activity, "/team/daily/activity", params)
        for day in page.results:
            for entity, of in day.breakdown.entities.items():
                name = ("" if entity == _NO_TEAM else entity, date.fromisoformat(day.date))
                found[name] = add_exactly(found.get(name, _ZERO), of.metrics.spend or _ZERO)
        if number >= (page.metadata.total_pages or 1):
            return found
    raise AssertionError
