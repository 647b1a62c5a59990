"""A key is given out only with the limit and the end that were asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ci_tokengate.errors import UsageError
from ci_tokengate.ports import LostAnswer
from ci_tokengate.sandbox.openrouter.state import Key
from tests.adapters.proxies.openrouter.conftest import Lab
from tests.adapters.proxies.portkey.conftest import ALIAS


def answered(lab: Lab, change: Callable[[dict[str, Any]], object]) -> None:
    """The next mints take effect, and are answered so."""

    def told() -> tuple[int, Any]:
        key = Key(
            secret="sk-or-v1-secret",
            name=ALIAS,
            limit=None,
            workspace=None,
            created=lab.clock.now(),
        )
        lab.sandbox.state.keys[key.hash] = key
        data: dict[str, Any] = {
            "hash": key.hash,
            "name": ALIAS,
            "limit": 2,
            "expires_at": f"{lab.clock.now():%Y-%m-%dT%H:%M:%SZ}",
        }
        change(data)
        return 201, {"data": data, "key": key.secret}

    lab.sandbox.state.faults[("POST", "/keys")] = told


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("limit", None, "no limit"),
        ("limit", 500, "a limit of 500 instead of 2"),
        ("limit_reset", "daily", "a limit that is renewed"),
        ("expires_at", None, "no end"),
        ("expires_at", "2199-01-01T00:00:00Z", "its end at 2199-01-01"),
    ],
)
def test_a_key_that_may_do_more_is_ended(lab: Lab, field: str, value: object, said: str) -> None:
    answered(lab, lambda data: data.update({field: value}))
    with pytest.raises(UsageError, match=said):
        lab.mint()
    assert [key.disabled for key in lab.sandbox.state.keys.values()] == [True]


def test_one_that_cannot_be_ended_is_looked_for_by_its_name(lab: Lab) -> None:
    answered(lab, lambda data: data.update(limit=None))
    lab.fail("PATCH", "/keys", 403, {"error": {"message": "No right"}})
    with pytest.raises(LostAnswer, match="No right"):
        lab.mint()


def test_a_key_that_is_as_asked_for_is_one(lab: Lab) -> None:
    answered(lab, lambda data: None)
    assert lab.mint().cap == 2


def test_a_request_that_timed_out_on_the_way_may_have_made_a_key(lab: Lab) -> None:
    lab.fail("POST", "/keys", 408, {"error": {"message": "Request Timeout"}})
    with pytest.raises(LostAnswer):
        lab.mint()
