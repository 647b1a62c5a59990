"""A proxy under test behind its adapter, and what the suite needs of it besides the port."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TypeVar

import httpx

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.capabilities import Capabilities
from ci_tokengate.core.keys import Handle, JobKey, KeyRequest
from ci_tokengate.core.site import Site
from ci_tokengate.core.usage import UsageRow, total
from ci_tokengate.ports import Diagnosis, Proxy
from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.wiring.doctor import open_diagnosis
from ci_tokengate.wiring.proxies import entrance, open_proxy
from tests.contract.world import Target
from tests.contract.world import World as LiteLLMWorld
from tests.stage.trust import TRUST

T = TypeVar("T")
TO_THE_PRODUCT = Decimal("1e-10")
DAWN = datetime(2026, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, kw_only=True)
class World:
    """`clock` is the proxy's where it can be moved, None at a real one. `patience`: seconds that spend may be late."""

    site: Site
    minter_key: str = field(repr=False)
    admin_key: str = field(repr=False, default="")
    team: str
    user: str | None = None
    flush: Callable[[], None] = lambda: None
    clock: WallClock | None = None
    patience: float = 0.0
    prefix: str = field(
        default_factory=lambda: f"tokengate:acme/web_app-{uuid.uuid4().hex[:8]}#12:"
    )

    def proxy(self, key: str = "") -> Proxy:
        """A fresh adapter: what it knows, it asks for."""
        return open_proxy(self.site, key or self.minter_key, Deadline(300))

    def diagnosis(self) -> Diagnosis:
        return open_diagnosis(self.site, self.minter_key, Deadline(300))

    @property
    def able(self) -> Capabilities:
        return self.proxy().capabilities

    def request(self, **changes: object) -> KeyRequest:
        """As the product makes it, under an alias of its own."""
        tail = f"777.1:review:code-review:{uuid.uuid4().hex[:8]}"
        usual = KeyRequest(
            alias=f"{self.prefix}{tail}",
            team_id=self.team,
            user_id=self.user,
            models=("claude-sonnet", "claude-haiku"),
            route={},
            cap=Decimal(2),
            ttl=timedelta(minutes=30),
            parallel_requests=None,
            tags=("pr:acme/web_app#12",),
            attribution={"version": 1, "repository": "acme/web_app", "pull_request": 12},
        )
        return replace(usual, **changes)  # type: ignore[arg-type]

    def mint(self, **changes: object) -> JobKey:
        return self.proxy().mint(self.request(**changes))

    def handle(self, key: JobKey) -> Handle:
        return Handle(alias=key.alias, team_id=self.team, user_id=self.user, key_id=key.id)

    def call(
        self,
        key: JobKey,
        prompt: str = "in=1000 out=100",
        model: str = "claude-haiku",
        headers: Mapping[str, str] | None = None,
    ) -> int:
        """The status of one call, as an agent makes it with the wiring of this kind of proxy."""
        way = entrance(self.site, key)
        sent = {"authorization": f"Bearer {key.key}", **way.headers}
        if way.key_header:
            sent[way.key_header] = key.key
        body = {
            "model": model,
            "max_tokens": 64,
            "messages": [{"role": "user", "content": prompt}],
        }
        url = f"{way.root}/v1/messages"
        answer = httpx.post(
            url, json=body, headers={**sent, **(headers or {})}, timeout=30, verify=TRUST
        )
        return answer.status_code

    def rows(self, prefix: str, spent: str) -> list[UsageRow]:
        """All rows of a prefix once they add up to `spent` (USD)."""

        def probe() -> list[UsageRow] | None:
            found = list(self.proxy().usage_by_alias(prefix, since=DAWN))
            return found if total(found).quantize(TO_THE_PRODUCT) == Decimal(spent) else None

        return self.eventually(probe)

    def move(self, time: timedelta) -> None:
        """The proxy's clock; nothing for no time."""
        if time:
            assert self.clock is not None
            self.clock.advance(time)

    def eventually(self, probe: Callable[[], T | None]) -> T:
        self.flush()
        end = time.monotonic() + self.patience
        while True:
            found = probe()
            if found is not None:
                return found
            assert time.monotonic() < end, "did not show up in time"
            time.sleep(0.5)


def of_litellm(target: Target, world: LiteLLMWorld) -> World:
    return World(
        site=Site(kind="litellm", url=target.url),
        minter_key=world.minter_key,
        admin_key=target.admin_key,
        team=world.team,
        user=world.user,
        flush=target.sandbox.flush if target.sandbox else lambda: None,
        clock=target.clock,
        patience=0.0 if target.sandbox else 25.0,
    )


@contextmanager
def a_portkey() -> Iterator[World]:
    from ci_tokengate.sandbox.portkey import running_portkey

    clock = WallClock()
    with running_portkey(clock=clock, delay=timedelta(days=1)) as sandbox:
        yield World(
            site=Site(kind="portkey", url=sandbox.url, provider="@anthropic-prod"),
            minter_key=sandbox.workspace_key,
            admin_key=sandbox.admin_key,
            team="payments-squad",
            flush=sandbox.flush,
            clock=clock,
        )


@contextmanager
def an_openrouter() -> Iterator[World]:
    from ci_tokengate.sandbox.openrouter import running_openrouter

    clock = WallClock()
    with running_openrouter(clock=clock) as sandbox:
        yield World(
            site=Site(kind="openrouter", url=sandbox.url),
            minter_key=sandbox.minter_key,
            team="default",
            clock=clock,
        )
