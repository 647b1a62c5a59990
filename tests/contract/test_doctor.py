"""What `doctor` relies on: trial keys that cannot spend, and ceilings that are judged before the alias."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.world import World, error_of

BEYOND: list[tuple[dict[str, Any], str]] = [
    ({"duration": ...}, "Required param duration not in data"),
    ({"duration": "3650d"}, "duration is over max limit"),
    ({"max_budget": ...}, "Required param max_budget not in data"),
    ({"max_budget": 1_000_000}, "max_budget is over max limit"),
    ({"max_parallel_requests": 100_000}, "max_parallel_requests is over max limit"),
    ({"team_id": ...}, "Personal key creation has been restricted"),
]
ROUTES: list[tuple[str, str, dict[str, Any]]] = [
    ("/v1/messages", "x-api-key", {"model": "claude-sonnet"}),
    ("/v1/messages", "authorization", {"model": "claude-sonnet"}),
    ("/v1/chat/completions", "authorization", {"model": "claude-sonnet"}),
    ("/chat/completions", "authorization", {"model": "claude-sonnet"}),
    ("/v1/responses", "authorization", {"model": "claude-sonnet"}),
    ("/v1beta/models/claude-sonnet:generateContent", "x-goog-api-key", {}),
]


def test_everybody_is_told_the_version(world: World) -> None:
    body = world.holder(None).get("/public/model_hub/info").json()
    assert body["litellm_version"].count(".") == 2


@pytest.mark.parametrize(("changes", "words"), BEYOND)
def test_a_ceiling_is_judged_before_an_alias_that_is_taken(
    hardened: World, changes: dict[str, Any], words: str
) -> None:
    alias = hardened.mint(max_budget=0)["key_alias"]
    answer = hardened.minter.post("/key/generate", hardened.order(key_alias=alias, **changes))
    assert answer.status_code == 400
    assert words in error_of(answer)["message"]


@pytest.mark.parametrize("changes", [changes for changes, _ in BEYOND])
def test_without_ceilings_only_the_taken_alias_stands_in_the_way(
    world: World, changes: dict[str, Any]
) -> None:
    alias = world.mint(max_budget=0)["key_alias"]
    answer = world.minter.post("/key/generate", world.order(key_alias=alias, **changes))
    assert answer.status_code == 400
    assert "already exists" in error_of(answer)["message"]


@pytest.mark.parametrize(("path", "header", "body"), ROUTES)
def test_a_key_of_cap_zero_is_known_on_every_route_and_refused(
    world: World, path: str, header: str, body: dict[str, Any]
) -> None:
    key = world.mint(max_budget=0, models=["claude-sonnet"])["key"]
    sent = f"Bearer {key}" if header == "authorization" else key
    answer = world.client.post(path, json=body, headers={header: sent})
    assert answer.status_code == 422
    assert error_of(answer)["type"] == "budget_exceeded"


def test_a_key_of_cap_zero_is_told_which_models_are_served(world: World) -> None:
    key = world.mint(max_budget=0, models=["claude-sonnet", "nonesuch"])["key"]
    groups = world.holder(key).get("/model_group/info").json()["data"]
    served = {g["model_group"]: bool(g["providers"]) for g in groups}
    assert served == {"claude-sonnet": True, "nonesuch": False}


def test_the_minter_may_not_change_a_team_that_is_not_there(world: World) -> None:
    answer = world.minter.post("/team/update", {"team_id": "tokengate-doctor-no-such-team"})
    assert answer.status_code == 403
    told = world.admin.post("/team/update", {"team_id": "tokengate-doctor-no-such-team"})
    assert told.status_code == 404


def test_the_minter_may_not_call_even_without_a_question(world: World) -> None:
    answer = world.minter.post("/v1/messages", {"model": "claude-sonnet"})
    assert error_of(answer)["type"] == "key_model_access_denied"


def test_keys_are_deleted_by_alias_and_none_is_no_error_of_rights(world: World) -> None:
    alias = world.mint(max_budget=0)["key_alias"]
    gone = world.minter.post("/key/delete", {"key_aliases": [alias]})
    assert (gone.status_code, gone.json()) == (200, {"deleted_keys": [alias]})
    assert world.minter.post("/key/delete", {"key_aliases": [alias]}).status_code == 404
    assert world.minter.post("/key/delete", {"keys": ["0" * 64]}).status_code == 404


def test_who_may_not_mint_for_a_team_is_told_why(world: World) -> None:
    strange = world.minter.post("/key/generate", world.order(team_id=world.foreign_team))
    assert "not assigned to team" in error_of(strange)["message"]
    team = world.new_team()
    member = {"role": "user", "user_id": world.user}
    world.admin.post("/team/member_add", {"team_id": team, "member": member})
    denied = world.minter.post("/key/generate", world.order(team_id=team))
    assert error_of(denied)["type"] == "team_member_permission_error"


def test_the_price_of_a_call_is_told_on_all_routes_but_geminis(world: World) -> None:
    key = world.mint()["key"]
    chat = world.holder(key).chat("hi", model="claude-haiku", max_tokens=16)
    assert float(chat.headers["x-litellm-response-cost"]) > 0
    said = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
    other = world.mint()["key"]
    gemini = world.client.post(
        "/v1beta/models/claude-haiku:generateContent", json=said, headers={"x-goog-api-key": other}
    )
    assert gemini.status_code == 200
    assert "x-litellm-response-cost" not in gemini.headers
    assert gemini.headers["x-litellm-model-group"] == "claude-haiku"
