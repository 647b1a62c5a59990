"""Doubles that a module of tests starts once: starting takes longer than a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ci_tokengate.sandbox.github import GitHubState, running_github


@pytest.fixture(scope="module")
def github_double() -> Iterator[tuple[GitHubState, str]]:
    """What it knows, and the API's URL. A test begins with `reset`."""
    state = GitHubState()
    with running_github(state) as url:
        yield state, url
