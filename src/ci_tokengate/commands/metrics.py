"""`metrics`: the figures of each team, for dashboards and alerts."""

from __future__ import annotations

from ci_tokengate.core.metrics.figures import team_metrics
from ci_tokengate.core.metrics.values import Metric
from ci_tokengate.core.showback.values import Showback
from ci_tokengate.ports.ledger import Ledger


def metrics(ledger: Ledger, found: Showback) -> tuple[Metric, ...]:
    """Of the report's month, so that a dashboard and the report never differ. Raises what Ledger does."""
    first, end = found.first, found.end
    return team_metrics(
        found,
        ledger.spent_by_team(first, end),
        ledger.team_totals(first, end),
        ledger.team_days(first, end),
    )
