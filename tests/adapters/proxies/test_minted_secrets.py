"""A mint's answer that is not as it should be holds a key that works: none of it is in what is raised."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from ci_tokengate.ports import LostAnswer
from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.openrouter import running_openrouter
from ci_tokengate.sandbox.portkey import running_portkey
from tests.adapters.proxies.openrouter import conftest as openrouter
from tests.adapters.proxies.portkey import conftest as portkey

SECRET = "pk-canary-7f3a9c1e5b7d"
BODIES: list[Any] = [
    {"key": SECRET},
    {"id": [SECRET], "key": SECRET},
    {"id": None, "key": SECRET, "data": {"hash": None}},
    {"id": "x", "key": [SECRET], "data": {"hash": "h", "key": SECRET}},
    {"key": SECRET, "data": {"hash": "h", "limit": SECRET, "expires_at": SECRET}},
    [SECRET],
    SECRET,
]


@pytest.fixture
def portkey_lab() -> Iterator[portkey.Lab]:
    wall = WallClock()
    with running_portkey(clock=wall) as sandbox:
        yield portkey.Lab(sandbox, portkey.Clock(wall))


@pytest.fixture
def openrouter_lab() -> Iterator[openrouter.Lab]:
    wall = WallClock()
    with running_openrouter(clock=wall) as sandbox:
        yield openrouter.Lab(sandbox, portkey.Clock(wall))


def texts(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error)


@pytest.mark.parametrize("body", BODIES)
def test_portkeys_answers(portkey_lab: portkey.Lab, body: object) -> None:
    portkey_lab.fail("POST", "/api-keys", 200, body)
    with pytest.raises(LostAnswer) as caught:
        portkey_lab.portkey().mint(portkey.a_request())
    assert SECRET not in texts(caught.value)


@pytest.mark.parametrize("body", BODIES)
def test_openrouters_answers(openrouter_lab: openrouter.Lab, body: object) -> None:
    openrouter_lab.fail("POST", "/keys", 201, body)
    with pytest.raises(LostAnswer) as caught:
        openrouter_lab.mint()
    assert SECRET not in texts(caught.value)
