"""OpenRouter of the sandbox behind its adapter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.openrouter.adapter import OpenRouter
from ci_tokengate.core.keys import JobKey
from ci_tokengate.core.site import Site
from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.openrouter import OpenRouterSandbox, running_openrouter
from tests.adapters.proxies.portkey.conftest import ALIAS, Clock
from tests.adapters.proxies.portkey.conftest import a_request as of_a_workspace
from tests.stage.trust import TRUST

DAWN = datetime(2026, 1, 1, tzinfo=timezone.utc)


@dataclass
class Lab:
    sandbox: OpenRouterSandbox
    clock: Clock
    failed: list[str] = field(default_factory=list)

    def openrouter(self, key: str = "") -> OpenRouter:
        site = Site(kind="openrouter", url=self.sandbox.url)
        secret = key or self.sandbox.minter_key
        return OpenRouter(site, secret, deadline=Deadline(30), clock=self.clock)

    def fail(self, method: str, path: str, status: int, body: Any) -> None:
        self.sandbox.state.faults[(method, path)] = lambda: (status, body)

    def mint(self, alias: str = ALIAS, cap: str = "2", team: str = "default") -> JobKey:
        return self.openrouter().mint(a_request(alias, cap, team))

    def call(self, key: JobKey, prompt: str = "in=1000 out=100") -> int:
        return httpx.post(
            f"{self.sandbox.url}/api/v1/messages",
            headers={"authorization": f"Bearer {key.key}"},
            json={"model": "claude-haiku", "messages": [{"role": "user", "content": prompt}]},
            verify=TRUST,
        ).status_code


def a_request(alias: str = ALIAS, cap: str = "2", team: str = "default") -> Any:
    return replace(of_a_workspace(alias, cap), team_id=team)


@pytest.fixture
def lab() -> Iterator[Lab]:
    wall = WallClock()
    with running_openrouter(clock=wall) as sandbox:
        yield Lab(sandbox, Clock(wall))
