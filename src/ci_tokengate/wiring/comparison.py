"""The comparison with the team's merged pull requests, on connections and a deadline of its own.

However long it takes, the figure that it is a comparison for is not kept waiting for longer, and has
its own time left.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.report import Median
from ci_tokengate.core.site import Site
from ci_tokengate.lifecycle.history import merged_median
from ci_tokengate.wiring import policies, proxies


def comparison(
    *,
    site: Site,
    key: str,
    api_url: str,
    token: str,
    repository: str,
    number: int,
    patience: timedelta,
) -> Callable[[frozenset[str]], Median | None]:
    """Of pull request `number` with those that the teams of these ids have paid for."""

    def median(team_ids: frozenset[str]) -> Median | None:
        deadline = Deadline(patience.total_seconds())
        return merged_median(
            proxies.open_proxy(site, key, deadline),
            policies.open_code_host(api_url, token, deadline),
            repository,
            but=number,
            team_ids=team_ids,
            clock=proxies.clock(),
            patience=patience,
        )

    return median
