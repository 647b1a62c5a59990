"""The real proxy of these proofs; without one they fail, and say what is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.agents.lab import Lab
from tests.live.environment import address


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    root, credential = address()
    lab = Lab(root, credential)
    yield lab
    lab.close()
