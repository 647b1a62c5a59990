"""A new ledger for each test, on either engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.stage.postgres import database

ENGINES = ("sqlite", "postgresql")


@pytest.fixture
def postgres_url(postgres: URL) -> Iterator[str]:
    with database(postgres) as url:
        yield url


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of no ledger yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    found: str = request.getfixturevalue("postgres_url")
    return found
