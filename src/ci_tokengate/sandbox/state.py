"""What the proxy knows: teams, users, keys and spend. Money is counted at once and becomes visible at the flush."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from threading import RLock
from typing import Any

from ci_tokengate.sandbox.clock import Clock

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Ceilings:
    """What an operator should set (config-hardened.yaml). They bind the admin key too, and fill what is left out."""

    max_budget: Decimal = Decimal(20)
    duration: str = "1h"
    max_parallel_requests: int = 8
    required: tuple[str, ...] = ("duration", "max_budget")
    personal_keys: bool = False
    client_tags: bool = False


@dataclass(kw_only=True)
class Team:
    """USD. `counted` is spent, `spend` is what of it is written and so is told."""

    team_id: str
    alias: str | None
    created: datetime
    models: list[str] = field(default_factory=list)
    metadata: Json = field(default_factory=dict)
    max_budget: Decimal | None = None
    soft_budget: Decimal | None = None
    budget_duration: str | None = None
    reset_at: datetime | None = None
    members: dict[str, str] = field(default_factory=dict)
    permissions: list[str] = field(default_factory=list)
    counted: Decimal = Decimal(0)
    spend: Decimal = Decimal(0)


@dataclass(kw_only=True)
class User:
    user_id: str
    role: str
    created: datetime


@dataclass(kw_only=True)
class Key:
    """As for a team, `counted` is ahead of what is told. `token` is the hash, by which rows name it."""

    token: str
    name: str
    alias: str | None
    created: datetime
    created_by: str
    user_id: str | None = None
    team_id: str | None = None
    models: list[str] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)
    max_budget: Decimal | None = None
    budget_duration: str | None = None
    max_parallel_requests: int | None = None
    allowed_routes: list[str] = field(default_factory=list)
    key_type: str = "default"
    expires: datetime | None = None
    blocked: bool | None = None
    counted: Decimal = Decimal(0)
    spend: Decimal = Decimal(0)
    in_flight: int = 0
    deleted_at: datetime | None = None
    deleted_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the spend log."""

    token: str
    start: datetime
    spend: Decimal
    fields: Json
    metadata: Json


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class State:
    def __init__(
        self,
        *,
        admin_key: str,
        clock: Clock,
        random_bytes: Callable[[int], bytes],
        flush_every: timedelta,
        ceilings: Ceilings | None = None,
    ) -> None:
        self.admin_key = admin_key
        self.now = clock
        self.ceilings = ceilings
        self.lock = RLock()
        self.database_up = True
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.keys: dict[str, Key] = {}
        self.deleted: dict[str, Key] = {}
        self.seen: set[str] = set()
        self.rows: list[Row] = []
        self._pending: list[Row] = []
        self._random_bytes = random_bytes
        self._flush_every = flush_every
        self._flushed = clock()

    def find(self, key_or_hash: str) -> Key | None:
        return self.keys.get(key_or_hash) or self.keys.get(hashed(key_or_hash))

    def find_deleted(self, key_or_hash: str) -> Key | None:
        return self.deleted.get(key_or_hash) or self.deleted.get(hashed(key_or_hash))

    def new_key(self) -> str:
        return "sk-" + base64.urlsafe_b64encode(self._random_bytes(16)).decode().rstrip("=")

    def new_id(self) -> str:
        return str(uuid.UUID(bytes=self._random_bytes(16), version=4))

    def record(self, row: Row) -> None:
        """Counts against the budgets now; shows at the next flush."""
        self._pending.append(row)
        for account in self._accounts(row):
            account.counted += row.spend

    def settle(self) -> None:
        """Flush, if it is time."""
        if self.now() >= self._flushed + self._flush_every:
            self.flush()

    def flush(self) -> None:
        with self.lock:
            self._flushed = self.now()
            if not self.database_up:
                return
            due, self._pending = self._pending, []
            for row in due:
                self.rows.append(row)
                for account in self._accounts(row):
                    account.spend += row.spend

    def _accounts(self, row: Row) -> list[Key | Team]:
        """Whom a row is charged to; a deleted key's own figure stays frozen."""
        key = self.keys.get(row.token)
        team = self.teams.get(row.fields["team_id"])
        return [account for account in (key, team) if account is not None]
