"""The ledger's tables. `migrations/` makes them; a test holds the two to each other."""

from ci_tokengate.adapters.ledger.tables.beside import (
    ALERTS,
    BUDGETS,
    DAYS_READ,
    EXEMPTIONS,
    PULLS,
    PULLS_READ,
    TEAM_DAYS,
    TELLINGS,
)
from ci_tokengate.adapters.ledger.tables.columns import METADATA
from ci_tokengate.adapters.ledger.tables.spend import CORRECTIONS, ENTRIES, KEYS, MONTHS, SETTINGS
from ci_tokengate.adapters.ledger.tables.sums import MARKS, PAYERS, ROLLUP, ROLLUP_TEAMS

__all__ = [
    "ALERTS",
    "BUDGETS",
    "CORRECTIONS",
    "DAYS_READ",
    "ENTRIES",
    "EXEMPTIONS",
    "KEYS",
    "MARKS",
    "METADATA",
    "MONTHS",
    "PAYERS",
    "PULLS",
    "PULLS_READ",
    "ROLLUP",
    "ROLLUP_TEAMS",
    "SETTINGS",
    "TEAM_DAYS",
    "TELLINGS",
]
