"""Job keys as values: what is asked of the proxy, and what it gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Credential:
    """The minting credential, as the proxy knows it. `user_id` owns the keys it mints."""

    user_id: str | None
    is_admin: bool


@dataclass(frozen=True, kw_only=True)
class KeyRequest:
    """A key to mint: cap in USD, lifetime from now, `route` = asked model → served and billed model."""

    alias: str
    team_id: str
    user_id: str | None
    models: Sequence[str]
    route: Mapping[str, str]
    cap: Decimal
    ttl: timedelta
    parallel_requests: int | None
    tags: Sequence[str]
    attribution: Mapping[str, Any]
    requests_per_minute: int | None = None
    config: str = ""


@dataclass(frozen=True, kw_only=True)
class JobKey:
    """A minted key. `id` is how the proxy names it (LiteLLM: the key's SHA-256 in hex): safe to log. `expires_at` is UTC."""

    key: str = field(repr=False)
    id: str
    alias: str
    cap: Decimal
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class KeyRecord:
    """A key as the proxy lists it: cap and flushed spend in USD, times in UTC.

    workflow: the file's name, as its minter said. blocked: an operator stopped it; it spends nothing, and yet holds its alias. revoked_at: it was
    deleted, and is remembered; `spend` is then what had been written by that moment.
    """

    id: str
    alias: str
    team_id: str
    cap: Decimal | None
    spend: Decimal
    created_at: datetime | None
    expires_at: datetime | None
    blocked: bool = False
    workflow: str = ""
    revoked_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """When it ended or will end; None for one that never does."""
        return self.revoked_at or self.expires_at

    def may_spend(self, now: datetime) -> bool:
        """It has not ended. A blocked one counts: whoever blocked it can let it go on."""
        return self.status(now) in ("active", "blocked")

    def status(self, now: datetime) -> str:
        """`revoked`, `expired`, `blocked` or `active`."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        return "blocked" if self.blocked else "active"


@dataclass(frozen=True, kw_only=True)
class Handle:
    """What it takes to end a key whose value is not at hand: its alias, and its id once known.

    `team_id` and `user_id` are needed to take the alias, so that a mint still in flight fails.
    """

    alias: str
    team_id: str
    user_id: str | None = None
    key_id: str | None = None
