from __future__ import annotations

from pathlib import Path

import pytest

from tests.act.harness import Act, link, prepare_tools, ship


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as a workflow's `uses:` sees it; act copies it whole for each run."""
    return ship(tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="session")
def action(tmp_path_factory: pytest.TempPathFactory, shipped: Path) -> Path:
    """It again, without copying: for all runs but those that show that a copy does."""
    return link(tmp_path_factory.mktemp("action"), shipped)


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory, action: Path) -> Path:
    """A tool cache with the Python environment ready, shared by all runs of the session."""
    return prepare_tools(tmp_path_factory.mktemp("tools"), action)


@pytest.fixture
def act(tmp_path: Path, action: Path, tools: Path) -> Act:
    return Act(tmp_path, action=action, tools=tools)
