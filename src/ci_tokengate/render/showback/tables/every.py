"""All tables, in the order in which they are read."""

from __future__ import annotations

from ci_tokengate.core.showback.values import (
    Showback,
)
from ci_tokengate.render.showback.tables.form import (
    Table,
)
from ci_tokengate.render.showback.tables.money import charge_table, difference_table, mix_table
from ci_tokengate.render.showback.tables.teams import per_pull_table, trend_table, utilisation_table


def tables(report: Showback, most: int) -> list[Table]:
    """All of them, in the order in which they are read; without those that have no row."""
    found = [
        per_pull_table(report, most),
        trend_table(report.months, "month"),
        utilisation_table(report, most),
        mix_table(report, most),
        charge_table(report, most),
        difference_table(report),
    ]
    return [table for table in found if table.rows]
