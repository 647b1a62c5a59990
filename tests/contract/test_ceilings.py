"""A proxy with the ceilings an operator should set: $20, 1 h, 8 parallel requests a key."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.world import World, error_of


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"max_budget": 100},
            "max_budget is over max limit set in config - user_value=100.0; max_value=20.0",
        ),
        (
            {"duration": "2h"},
            "duration is over max limit set in config - user_value=2h; max_value=1h",
        ),
        (
            {"max_parallel_requests": 9},
            "max_parallel_requests is over max limit set in config - user_value=9; max_value=8",
        ),
    ],
)
def test_a_mint_over_a_ceiling_is_refused_even_for_the_admin(
    hardened: World, changes: dict[str, Any], words: str
) -> None:
    for api in (hardened.minter, hardened.admin):
        order = hardened.order(**changes)
        answer = api.post("/key/generate", order)
        assert answer.status_code == 400
        assert words in error_of(answer)["message"]


@pytest.mark.parametrize("name", ["duration", "max_budget"])
def test_what_is_required_must_be_sent(hardened: World, name: str) -> None:
    answer = hardened.minter.post("/key/generate", hardened.order(**{name: ...}))
    assert answer.status_code == 400
    assert error_of(answer)["message"] == f"Required param {name} not in data"


def test_the_ceilings_fill_what_is_left_out(hardened: World) -> None:
    assert hardened.mint()["max_parallel_requests"] == 8
    filled = hardened.mint_as_admin(duration=..., max_budget=...)
    assert filled["max_budget"] == 20.0
    assert filled["expires"] is not None


def test_a_mint_at_the_ceiling_passes(hardened: World) -> None:
    key = hardened.mint(duration="60m", max_budget=20, max_parallel_requests=8)
    assert key["max_budget"] == 20.0


def test_a_key_outside_every_team_is_for_the_admin_only(hardened: World) -> None:
    answer = hardened.minter.post("/key/generate", hardened.order(team_id=...))
    assert answer.status_code == 400
    assert "Personal key creation has been restricted by admin." in error_of(answer)["message"]
    hardened.mint_as_admin(team_id=...)


def test_tags_of_a_request_are_refused_where_the_proxy_looks(hardened: World) -> None:
    job = hardened.holder(hardened.mint()["key"])
    refused = [
        job.messages("hi", metadata={"tags": ["forged"]}),
        job.post(
            "/v1/chat/completions",
            {"model": "claude-haiku", "messages": [{"role": "user", "content": "hi"}]},
            x_litellm_tags="forged",
        ),
    ]
    for answer in refused:
        assert answer.status_code == 400
        assert error_of(answer)["param"] == "metadata.tags"
    assert job.messages("hi", headers={"x-litellm-tags": "forged"}).status_code == 200


def test_the_client_is_not_tagged(hardened: World) -> None:
    key = hardened.mint()
    hardened.holder(key["key"]).messages("hi")
    assert hardened.rows(key["token"], 1)[0]["request_tags"] == ["pr:acme/web_app#12"]
