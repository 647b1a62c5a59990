from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

import httpx
import pytest

from ci_tokengate.sandbox.github import GitHubState, pull_request
from tests.stage.doubles import github_double
from tests.stage.trust import TRUST

__all__ = ["github_double"]

REPOSITORY = "acme/shop"
OPENED = datetime(2026, 11, 1, 9, 30, tzinfo=timezone.utc)


@pytest.fixture
def api(github_double: tuple[GitHubState, str]) -> str:
    return github_double[1]


@pytest.fixture
def state(github_double: tuple[GitHubState, str]) -> GitHubState:
    state = github_double[0]
    state.reset()
    state.pulls[7] = pull_request(7, opened=OPENED)
    return state


@pytest.fixture
def http(api: str, state: GitHubState) -> Iterator[httpx.Client]:
    """A job's own client, below the repository."""
    with httpx.Client(
        base_url=f"{api}/repos/{REPOSITORY}",
        headers={"authorization": "Bearer ghs_any"},
        verify=TRUST,
    ) as client:
        yield client


@pytest.fixture
def root(api: str, state: GitHubState) -> Iterator[httpx.Client]:
    """The same, below the API."""
    with httpx.Client(
        base_url=api, headers={"authorization": "Bearer ghs_any"}, verify=TRUST
    ) as client:
        yield client
