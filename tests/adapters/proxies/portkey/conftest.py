from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.portkey.adapter import Portkey
from ci_tokengate.adapters.proxies.portkey.keys import mint_body
from ci_tokengate.core.keys import KeyRequest
from ci_tokengate.core.site import Site
from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.portkey import PortkeySandbox, running_portkey

ALIAS = "tokengate:acme/web_app#12:777.1:review:code-review:aa11bb22"
PREFIX = "tokengate:acme/web_app#12:"
DAWN = datetime(2026, 1, 1, tzinfo=timezone.utc)


@dataclass
class Clock:
    """The product's: its time is the sandbox's, and sleeping moves both."""

    wall: WallClock
    slept: list[float] = field(default_factory=list)
    on_sleep: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return self.wall()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.wall.advance(timedelta(seconds=seconds))
        self.on_sleep()


@dataclass
class Lab:
    sandbox: PortkeySandbox
    clock: Clock

    def portkey(self, key: str = "") -> Portkey:
        site = Site(kind="portkey", url=self.sandbox.url)
        secret = key or self.sandbox.workspace_key
        return Portkey(site, secret, deadline=Deadline(30), clock=self.clock)

    def fail(self, method: str, path: str, status: int, body: Any, *, times: int = 99) -> None:
        """The next answers there."""
        left = [times]

        def told() -> tuple[int, Any] | None:
            left[0] -= 1
            return (status, body) if left[0] >= 0 else None

        self.sandbox.state.faults[(method, path)] = told

    def body(self) -> dict[str, Any]:
        """Of the usual mint."""
        return mint_body(a_request(), self.clock)

    @property
    def job_keys(self) -> list[str]:
        return [k.body["name"] for k in self.sandbox.state.keys.values() if "#" in k.body["name"]]


@pytest.fixture
def lab() -> Iterator[Lab]:
    wall = WallClock()
    with running_portkey(clock=wall) as sandbox:
        yield Lab(sandbox, Clock(wall))


def a_request(alias: str = ALIAS, cap: str = "2") -> KeyRequest:
    return KeyRequest(
        alias=alias,
        team_id="payments-squad",
        user_id=None,
        models=("claude-haiku",),
        route={},
        cap=Decimal(cap),
        ttl=timedelta(minutes=30),
        parallel_requests=None,
        tags=(),
        attribution={"repository": "acme/web_app", "pull_request": 12, "cost_center": "ENGG"},
    )
