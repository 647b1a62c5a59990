"""The report's tables as values: which columns and rows there are, whatever shows them."""

from ci_tokengate.render.showback.tables.every import tables
from ci_tokengate.render.showback.tables.form import NO_CENTER, NO_TEAM, NOT_A_JOB, Row, Table
from ci_tokengate.render.showback.tables.money import (
    charge_table,
    difference_table,
    mix_table,
    tier_table,
)
from ci_tokengate.render.showback.tables.teams import per_pull_table, trend_table, utilisation_table

__all__ = [
    "NOT_A_JOB",
    "NO_CENTER",
    "NO_TEAM",
    "Row",
    "Table",
    "charge_table",
    "difference_table",
    "mix_table",
    "per_pull_table",
    "tables",
    "tier_table",
    "trend_table",
    "utilisation_table",
]
