from __future__ import annotations

from collections.abc import Iterator

import pytest

from ci_tokengate.sandbox.state import Ceilings
from tests.stage.fixtures import _no_long_pauses, backstage, faults, relay, world
from tests.stage.world import World

__all__ = ["_no_long_pauses", "backstage", "faults", "relay", "world"]

POLICY = """\
version: 1
defaults: {team: payments-squad, use-case: code-review}
teams: {payments-squad: {plan: 800}}
use-cases:
  code-review: {models: [claude-sonnet], cap-per-run: 2.00, ttl: 30m}
"""


@pytest.fixture(autouse=True)
def _policy(world: World) -> None:
    (world.folder / "policy.yml").write_text(POLICY, encoding="utf-8")


@pytest.fixture
def hardened(world: World) -> Iterator[World]:
    """The README's ceilings on the sandbox."""
    world.sandbox.state.ceilings = Ceilings()
    yield world
    world.sandbox.state.ceilings = None
