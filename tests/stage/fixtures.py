"""For the conftest of each folder that needs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.http import pauses
from ci_tokengate.sandbox.github import GitHubState
from ci_tokengate.sandbox.serve import Sandbox
from tests.stage.faults import Faults, running_faults
from tests.stage.keys import KeySource
from tests.stage.relay import Relay, running_relay
from tests.stage.world import World, proxy_and_host, reset

Backstage = tuple[Sandbox, KeySource, GitHubState, str]


@pytest.fixture(scope="session")
def backstage() -> Iterator[Backstage]:
    with proxy_and_host() as found:
        yield found


@pytest.fixture
def world(backstage: Backstage, tmp_path: Path) -> World:
    sandbox, source, github, api = backstage
    reset(sandbox, github)
    source.keys.clear()
    return World(sandbox, source, github, api, tmp_path, url=sandbox.url)


@pytest.fixture
def relay(world: World) -> Iterator[Relay]:
    """Between the jobs of `world` and its sandbox."""
    with running_relay(world.sandbox.url) as relay:
        world.url = relay.url
        yield relay


@pytest.fixture(scope="session")
def faults() -> Iterator[Faults]:
    with running_faults() as faults:
        yield faults


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries and reads again at once: how long is waited is proven elsewhere."""
    monkeypatch.setattr(pauses, "backoff", lambda attempt: 0.01)
    monkeypatch.setattr(SystemClock, "sleep", lambda clock, seconds: None)
