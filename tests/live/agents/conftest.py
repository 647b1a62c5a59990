"""The real proxy of these proofs; without one they are skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.live.agents.lab import Lab


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    root = os.environ.get("TOKENGATE_LITELLM_URL")
    credential = os.environ.get("TOKENGATE_LITELLM_ADMIN_KEY")
    if not root or not credential:
        pytest.skip("TOKENGATE_LITELLM_URL and TOKENGATE_LITELLM_ADMIN_KEY name no proxy")
    lab = Lab(root, credential)
    yield lab
    lab.close()
