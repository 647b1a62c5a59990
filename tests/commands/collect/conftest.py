from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.wiring.ledgers import open_ledger
from tests.fake_log import FakeLog, FakePulls


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db"


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
