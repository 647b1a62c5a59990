"""What a pull request, a run or a branch has cost: the proxy's rows, added up exactly.

Figures are the proxy's. Nothing here is a counter of our own (DESIGN D1), and what is not known
is said to be unknown (D11).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum

SETTLES_AFTER = timedelta(seconds=20)
"""After a key's end. A LiteLLM writes its rows every 10 s by default, plus up to 5 s of jitter."""


class CostState(Enum):
    """How far a figure can be relied on.

    SETTLED: every key is past its end, and no row has come since. PROVISIONAL: more may come.
    UNKNOWN: the proxy cannot say; the figure is at most a lower bound.
    """

    SETTLED = "settled"
    PROVISIONAL = "provisional"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class CallTokens:
    """`requests` are calls that a model answered. `input_tokens` include the cache's; `undivided_tokens` are those that
    the proxy does not tell as read or written. `untold`: log rows of which only the spend is known yet.
    """

    requests: int = 0
    undivided_tokens: int = 0
    untold: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class CostRow(CallTokens):
    """All calls of one use case on one model. USD.

    `unpriced` are those requests that have tokens and no price; `list_price` is what a price book says those
    would cost, None where it does not know.
    """

    use_case: str
    model: str
    cost: Decimal = Decimal(0)
    unpriced: int = 0
    list_price: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class KeyCost:
    """One job key: what its job cost (USD), and how often it was refused a call.

    `status` is active, blocked, expired or revoked; `gone` where the proxy has its rows only.
    """

    id: str
    alias: str
    run_id: str
    attempt: int
    job: str
    use_case: str
    cost: Decimal
    status: str
    team_id: str = ""
    cap: Decimal | None = None
    requests: int = 0
    refused_by_cap: int = 0
    refused_by_team: int = 0


@dataclass(frozen=True, kw_only=True)
class Unpriced(CallTokens):
    """Tokens without a price, under the name that the provider gives the model."""

    use_case: str
    model: str
    provider_model: str


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The figure, with all that it is made of. USD; `as_of` is the time of the reading, UTC.

    `running`: keys that could still spend. `lost`: spend that keys long ended report and no row
    shows, which is how a pruned log looks. `forgotten`: keys without a row that ended before the log
    begins; a key that was revoked at once reports nothing, so whether it spent, nobody can tell.
    """

    total: Decimal
    state: CostState
    as_of: datetime
    rows: tuple[CostRow, ...] = ()
    keys: tuple[KeyCost, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    running: int = 0
    lost: Decimal = Decimal(0)
    forgotten: int = 0

    @property
    def requests(self) -> int:
        return sum(row.requests for row in self.rows)

    @property
    def complete(self) -> bool:
        """Every call has a price, and no row is missing."""
        missing = self.lost or self.forgotten
        return not missing and not any(row.unpriced for row in self.rows)


def with_list_prices(cost: Cost, prices: dict[tuple[str, str], Decimal | None]) -> Cost:
    """`prices` are USD by use case and model."""
    rows = (replace(r, list_price=prices.get((r.use_case, r.model))) for r in cost.rows)
    return replace(cost, rows=tuple(rows))
