"""One call as the proxy's log has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ci_tokengate.core.money import add_exactly, exact_sum


@dataclass(frozen=True, kw_only=True)
class Charge:
    """How the proxy says that it came to a row's spend, or how its prices would. USD.

    `input` does not hold the cache's part, as it does in the proxy's own words. `discount` is what
    was taken off the sum.
    """

    input: Decimal = Decimal(0)
    output: Decimal = Decimal(0)
    cache_read: Decimal = Decimal(0)
    cache_write: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class UsageRow:
    """One row of the proxy's spend log, or `calls` of them where the proxy tells their sums only. USD, UTC.

    `model` is the name the key asked with, as it was billed; `provider_model` is the provider's.
    `input_tokens` include what was read from and written to the cache, as the proxy counts them.
    `refusal` is set on calls that a budget refused; `failed` on those and on all that a model did
    not answer; `repeated` on those that the proxy answered from its own cache, for nothing.
    `charge` is the proxy's own account of the spend, `prices` (USD a token) what its price list says:
    both are read for the ledger only.
    `undivided_tokens` are those that the proxy does not tell as read or written. Not `told`: only the
    spend is known yet, not of how many calls and tokens. `rounded`: to the cent, so that a price may not show.
    """

    key_id: str
    alias: str
    model: str
    call_type: str
    spend: Decimal
    refusal: str = ""
    failed: bool = False
    repeated: bool = False
    started_at: datetime | None = None
    provider_model: str = ""
    team_id: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    charge: Charge | None = None
    prices: Charge | None = None
    calls: int = 1
    undivided_tokens: int = 0
    told: bool = True
    rounded: bool = False

    @property
    def answered(self) -> bool:
        """A model answered, or was paid all the same: what counts as a request."""
        return not self.failed or self.spend != 0

    @property
    def unpriced(self) -> bool:
        """Tokens and no price: unknown is not zero (DESIGN D11)."""
        tokens = self.input_tokens + self.output_tokens + self.undivided_tokens
        free = self.failed or self.repeated or self.rounded
        return self.spend == 0 and tokens > 0 and not free


def total(rows: Iterable[UsageRow]) -> Decimal:
    """The rows' spend, added exactly (USD)."""
    return exact_sum(row.spend for row in rows)


def by_alias(rows: Iterable[UsageRow]) -> dict[str, Decimal]:
    """The rows' spend, added exactly for each alias (USD)."""
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row.alias] = add_exactly(found.get(row.alias, Decimal(0)), row.spend)
    return found
