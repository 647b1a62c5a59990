"""What the sandbox's Portkey knows: workspaces, keys and calls. Money is USD here; answers are in cents."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from threading import RLock
from typing import Any

from ci_tokengate.sandbox.clock import Clock

Json = dict[str, Any]


@dataclass(kw_only=True)
class Workspace:
    slug: str
    name: str
    limits: list[Json] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    spent: Decimal = Decimal(0)


@dataclass(kw_only=True)
class Key:
    """`workspace` is empty for an organisation's key."""

    id: str
    secret: str = field(repr=False)
    body: Json
    workspace: str
    created: datetime
    expires: datetime | None
    spent: Decimal = Decimal(0)

    @property
    def scopes(self) -> list[str]:
        return list(self.body.get("scopes") or [])

    @property
    def limit(self) -> Decimal | None:
        limits = self.body.get("usage_limits") or {}
        return Decimal(limits["credit_limit"]) if limits.get("type") == "cost" else None

    @property
    def exhausted(self) -> bool:
        return self.limit is not None and self.spent >= self.limit


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call as analytics know it."""

    at: datetime
    key_id: str
    workspace: str
    provider: str
    model: str
    cost: Decimal
    tokens: int
    status: int
    metadata: dict[str, str]


@dataclass(kw_only=True)
class State:
    """configs: the models that each allows. `delay` is how late analytics are; `whole_cents` rounds each sum, as the description has it.

    lost_mints: answers to mints that are lost after they took effect. unit, group_unit: of a dollar, and of groups
    beside it.
    dropped: what of a new key is left out in silence, as a plan may do; `instead` stands in its place.
    faults: answers that are given in place of the right ones, by method and begin of the path.
    """

    clock: Clock
    delay: timedelta = timedelta(0)
    whole_cents: bool = False
    unit: Decimal = Decimal(100)
    configs: dict[str, list[str]] = field(default_factory=dict)
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    faults: dict[tuple[str, str], Callable[[], tuple[int, Any] | None]] = field(
        default_factory=dict
    )
    lost_mints: int = 0
    group_unit: Decimal = Decimal(1)
    max_ttl: timedelta | None = None
    dropped: frozenset[str] = frozenset()
    instead: Json = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    _shown_until: datetime | None = None

    def now(self) -> datetime:
        return self.clock()

    def flush(self) -> None:
        """Makes visible what was called so far."""
        with self.lock:
            self._shown_until = self.now()

    def visible(self) -> Iterator[Call]:
        late = self.now() - self.delay
        until = max(late, self._shown_until) if self._shown_until else late
        return (call for call in self.calls if call.at <= until)

    def by_secret(self, secret: str) -> Key | None:
        return next((key for key in self.keys.values() if key.secret == secret), None)


def new_id() -> str:
    return str(uuid.uuid4())
