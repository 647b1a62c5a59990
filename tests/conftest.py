"""What holds for all tests."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings
from sqlalchemy.engine import URL

from tests.stage.postgres import running_postgres

# No test depends on how fast a machine is; and where a change is judged, all see the same examples.
settings.register_profile("everywhere", deadline=None)
settings.register_profile("judging", deadline=None, derandomize=True)
settings.load_profile("judging" if os.environ.get("CI") else "everywhere")


def pytest_xdist_auto_num_workers() -> int:
    """Three on two cores: a third of a worker's time is waiting, for jobs under act and for the disk."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return cores + (cores + 1) // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests live to the end: what they are made of is not looked through for garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """One server a test process, from its first test that asks; each test has a database of its own there."""
    with running_postgres() as server:
        yield server
