"""The ledger's values. USD, UTC.

A cell is all that one key spent on one model on one day, as one reading of the proxy's log has it:
a whole figure, never a difference, so that reading twice writes the same. An entry is one token
bucket of it: buckets have prices of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from ci_tokengate.core.money import exact_sum


class Bucket(str, Enum):
    """A kind of tokens with a price of its own; REST is what the proxy billed besides.

    INPUT and the cache's do not overlap, as they do in the proxy's own counts.
    """

    INPUT = "input"
    OUTPUT = "output"
    CACHE_READ = "cache_read"
    CACHE_WRITE = "cache_write"
    REST = "rest"


class EntryState(str, Enum):
    """OPEN: more may come. SETTLED: read again later, and nothing came. CLOSED: its month is."""

    OPEN = "open"
    SETTLED = "settled"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One bucket's share of a cell. `cost` is a multiple of 1e-10 USD (DESIGN D12)."""

    tokens: int = 0
    cost: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True, order=True)
class CellName:
    """What tells cells apart. `day` is in UTC, `local_day` the same moments in the ledger's zone.

    `proxy` is the proxy's bare address; `key_id` the SHA-256 of the key. A UTC day that holds a
    local midnight is two cells, so that months can be told in both.
    """

    proxy: str
    key_id: str
    day: date
    local_day: date
    model: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """All rows of one name. `version` is how many rows those are: a reading with more is newer.

    Rows are only ever added to a log, or deleted by its operator: a pruned log is never newer.
    `requests` were answered by a model; `unpriced` of them had tokens and no price.
    """

    name: CellName
    team_id: str
    provider_model: str
    version: int
    requests: int = 0
    unpriced: int = 0
    state: EntryState = EntryState.OPEN
    parts: Mapping[Bucket, Part] = field(default_factory=dict)

    @property
    def cost(self) -> Decimal:
        return exact_sum(part.cost for part in self.parts.values())


@dataclass(frozen=True, kw_only=True)
class LedgerKey:
    """Whose a cell is. From the alias that the minter set, and the metadata it gave (DESIGN D1, D2).

    Not one of ours: `repository` and what follows are empty, and its spend is unattributed.
    `pull_request` is None for a branch's job. `actor` is the proxy's user, as the ledger's privacy
    setting lets it through: empty by default.
    """

    proxy: str
    key_id: str
    alias: str = ""
    team_id: str = ""
    repository: str = ""
    pull_request: int | None = None
    ref: str = ""
    run_id: str = ""
    run_attempt: int = 0
    job: str = ""
    use_case: str = ""
    cost_center: str = ""
    actor: str = ""
    ends_at: datetime | None = None

    @property
    def attributed(self) -> bool:
        return bool(self.repository)
