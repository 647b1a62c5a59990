from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.wiring.ledgers import open_ledger
from tests.adapters.ledger.conftest import postgres_url
from tests.fake_log import FakeLog, FakePulls

__all__ = ["postgres_url"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def either_url(request: pytest.FixtureRequest, url: str) -> str:
    found: str = url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with open_ledger(url) as found:
        yield found


@pytest.fixture
def log() -> FakeLog:
    return FakeLog()


@pytest.fixture
def pulls() -> FakePulls:
    return FakePulls()
