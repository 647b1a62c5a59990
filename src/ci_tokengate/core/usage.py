"""One call as the proxy's log has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class UsageRow:
    """One row of the proxy's spend log. USD, UTC.

    `model` is the name the key asked with, as it was billed; `provider_model` is the provider's.
    `input_tokens` include what was read from and written to the cache, as the proxy counts them.
    `refusal` is set on calls that a budget refused; `failed` on those and on all that a model did
    not answer; `repeated` on those that the proxy answered from its own cache, for nothing.
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

    @property
    def answered(self) -> bool:
        """A model answered, or was paid all the same: what counts as a request."""
        return not self.failed or self.spend != 0

    @property
    def unpriced(self) -> bool:
        """Tokens and no price: unknown is not zero (DESIGN D11)."""
        tokens = self.input_tokens + self.output_tokens
        return self.spend == 0 and tokens > 0 and not (self.failed or self.repeated)
