from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.adapters.world import World, a_portkey, an_openrouter, of_litellm
from tests.contract.conftest import BOTH, URL, _live, _sandbox
from tests.contract.world import opened

EVERY = [*BOTH, "portkey", "openrouter"]


@pytest.fixture(scope="session", params=EVERY)
def each(request: pytest.FixtureRequest) -> Iterator[World]:
    """One proxy after the other: LiteLLM as sandbox and real, Portkey's sandbox, OpenRouter's."""
    if request.param == "portkey":
        with a_portkey() as world:
            yield world
    elif request.param == "openrouter":
        with an_openrouter() as world:
            yield world
    elif request.param == "sandbox":
        for target in _sandbox(None):
            with opened(target) as inner:
                yield of_litellm(target, inner)
    else:
        target = _live(URL)
        with opened(target) as inner:
            yield of_litellm(target, inner)
