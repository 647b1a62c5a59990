"""What the sandbox's OpenRouter knows: keys and calls. Money is USD."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from threading import RLock
from typing import Any

from ci_tokengate.sandbox.clock import Clock

Json = dict[str, Any]
WORKSPACES = ("0df9e665-d932-5740-b2c7-b52af166bc11",)
"""Besides the default one."""
DEFAULT_WORKSPACE = "3c1f0d1e-5a51-4c6e-9a53-0d8b1d0c7a11"


@dataclass(kw_only=True)
class Key:
    """USD; `limit` None is no cap."""

    secret: str = field(repr=False)
    name: str
    limit: Decimal | None
    workspace: str | None
    created: datetime
    updated: datetime | None = None
    expires: datetime | None = None
    disabled: bool = False
    usage: Decimal = Decimal(0)

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Call:
    at: datetime
    key_hash: str
    provider: str
    model: str
    permaslug: str
    cost: Decimal
    read: int
    written: int


@dataclass(kw_only=True)
class State:
    """faults: answers that are given in place of the right ones, by method and begin of the path."""

    clock: Clock
    management_key: str = field(repr=False)
    keys: dict[str, Key] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    faults: dict[tuple[str, str], Callable[[], tuple[int, Any] | None]] = field(
        default_factory=dict
    )
    lock: RLock = field(default_factory=RLock)

    def now(self) -> datetime:
        return self.clock()

    def by_secret(self, secret: str) -> Key | None:
        return next((key for key in self.keys.values() if key.secret == secret), None)

    def spent_this_month(self, key: Key) -> Decimal:
        month = self.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        mine = (c.cost for c in self.calls if c.key_hash == key.hash and c.at >= month)
        return sum(mine, Decimal(0))


def iso(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
