from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.serve import running_sandbox
from ci_tokengate.sandbox.state import Ceilings
from tests.contract.world import Target, World, opened

BOTH = ["sandbox", pytest.param("live", marks=pytest.mark.live)]
URL, ADMIN_KEY = "TOKENGATE_LITELLM_URL", "TOKENGATE_LITELLM_ADMIN_KEY"


@pytest.fixture(scope="session", params=BOTH)
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    if request.param == "sandbox":
        yield from _sandbox(None)
    else:
        yield _live(URL)


@pytest.fixture(scope="session")
def world(target: Target) -> Iterator[World]:
    with opened(target) as world:
        yield world


@pytest.fixture(scope="session", params=BOTH)
def hardened(request: pytest.FixtureRequest) -> Iterator[World]:
    """A proxy with the ceilings of $20, 1 h and 8 parallel requests a key."""
    if request.param == "sandbox":
        for target in _sandbox(Ceilings()):
            with opened(target) as world:
                yield world
    else:
        with opened(_live("TOKENGATE_LITELLM_HARDENED_URL")) as world:
            yield world


@pytest.fixture(params=BOTH)
def down(request: pytest.FixtureRequest) -> Iterator[Target]:
    """A proxy whose database is gone."""
    if request.param == "sandbox":
        for target in _sandbox(None):
            assert target.sandbox is not None
            target.sandbox.set_database(up=False)
            yield target
    else:
        yield _live("TOKENGATE_LITELLM_DOWN_URL")


def _sandbox(ceilings: Ceilings | None) -> Iterator[Target]:
    clock = WallClock()
    with running_sandbox(
        clock=clock, ceilings=ceilings, flush_every=timedelta(days=1), sleep=_nap, seeded=False
    ) as sandbox:
        yield Target(sandbox.url, sandbox.admin_key, sandbox, clock)


async def _nap(seconds: float) -> None:
    """Long enough to be overtaken."""
    await asyncio.sleep(min(seconds, 0.3))


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """`-m live` without a proxy to test is a mistake, said once."""
    asked = str(config.getoption("markexpr", default=""))
    wanted = "live" in asked and "not live" not in asked
    if wanted and not {URL, ADMIN_KEY} <= set(os.environ):
        raise pytest.UsageError(_sentence(URL))


def _live(url: str) -> Target:
    if not {url, ADMIN_KEY} <= set(os.environ):
        pytest.skip(_sentence(url))
    return Target(os.environ[url].rstrip("/"), os.environ[ADMIN_KEY])


def _sentence(url: str) -> str:
    return f"The live target needs {url} and {ADMIN_KEY} in the environment."
