from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import pytest

from ci_tokengate.sandbox.github import pull_request
from tests.cli.cost.conftest import Mint, mint
from tests.stage.entries import Done
from tests.stage.fixtures import _no_long_pauses, backstage, world
from tests.stage.world import TOKEN, World

__all__ = ["_no_long_pauses", "backstage", "mint", "world"]

Comment = Callable[..., Done]
OPENED = datetime(2026, 11, 1, 9, 30, tzinfo=timezone.utc)
CALL = "in=1000 out=50 cr=500"
PRICE = "0.0001425"
"""USD for one CALL."""


def alias(scope: str = "42", *, run: str = "777.1", nonce: str = "ab12") -> str:
    return f"tokengate:acme/shop#{scope}:{run}:review:code-review:{nonce}"


@pytest.fixture
def comment(world: World, mint: Mint) -> Comment:
    """`ci-tokengate comment` on pull request 42 of acme/shop."""
    world.github.pulls[42] = pull_request(42, opened=OPENED)

    def run(*args: str, **env: str) -> Done:
        about = {"GITHUB_API_URL": world.api, "GITHUB_REPOSITORY": "acme/shop"}
        run = {"GITHUB_RUN_ID": "777", "GITHUB_SERVER_URL": "https://github.com"}
        given = {**about, **run, "GITHUB_TOKEN": TOKEN, **env}
        return world.cli("comment", *([] if "--pr" in args else ["--pr", "42"]), *args, **given)

    return run
