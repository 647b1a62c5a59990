from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.contract.world import World, error_of


def test_the_minter_mints_a_key_for_its_team(world: World) -> None:
    alias = world.alias()
    key = world.mint(
        key_alias=alias, max_parallel_requests=4, aliases={"claude-opus": "claude-haiku"}
    )
    assert key["key"].startswith("sk-")
    assert key["token"] == hashlib.sha256(key["key"].encode()).hexdigest()
    assert key["key_alias"] == alias
    assert (key["team_id"], key["user_id"]) == (world.team, world.user)
    assert key["max_budget"] == 1.0
    assert key["max_parallel_requests"] == 4
    assert key["models"] == ["claude-sonnet", "claude-haiku"]
    assert key["aliases"] == {"claude-opus": "claude-haiku"}
    assert key["metadata"] == {
        "tags": ["pr:acme/web_app#12"],
        "ci_tokengate": {"cost_center": world.run},
    }
    assert (key["key_type"], key["allowed_routes"]) == ("llm_api", ["llm_api_routes"])


def test_the_lifetime_is_told_as_expires(world: World) -> None:
    key = world.mint(duration="30m")
    assert key["duration"] is None
    expires = datetime.fromisoformat(key["expires"].replace("Z", "+00:00"))
    created = datetime.fromisoformat(key["created_at"].replace("Z", "+00:00"))
    assert abs(expires - created - timedelta(minutes=30)) < timedelta(seconds=5)


def test_a_key_without_a_duration_never_expires(world: World) -> None:
    assert world.mint(duration=...)["expires"] is None


def test_the_user_is_filled_in(world: World) -> None:
    assert world.mint(user_id=...)["user_id"] == world.user


@pytest.mark.parametrize(
    ("changes", "status", "kind", "words"),
    [
        (
            {"duration": "30 minutes"},
            500,
            "internal_server_error",
            "Unsupported duration unit, passed duration: 30 minutes",
        ),
        ({"duration": "-1m"}, 500, "internal_server_error", "Invalid duration format"),
        ({"duration": ""}, 500, "internal_server_error", "Invalid duration format"),
        (
            {"max_budget": -1},
            400,
            "internal_server_error",
            "max_budget must be a non-negative finite number",
        ),
        (
            {"tags": ["a"]},
            403,
            "internal_server_error",
            "only available for LiteLLM Enterprise users: tags",
        ),
        (
            {"team_id": "no-such-team"},
            400,
            "internal_server_error",
            "Team not found for team_id=no-such-team.",
        ),
        (
            {"user_id": "someone-else"},
            400,
            "internal_server_error",
            "User=someone-else not assigned to team=",
        ),
        (
            {"allowed_routes": ["/key/info"]},
            403,
            "internal_server_error",
            "Only proxy admins can set `allowed_routes`",
        ),
        (
            {"key_type": "management"},
            403,
            "internal_server_error",
            "Only proxy admins can set `allowed_routes`",
        ),
        ({"key_alias": "../up"}, 400, "bad_request_error", "Invalid key_alias"),
        ({"key": "abc"}, 400, "internal_server_error", "must start with 'sk-'"),
        ({"key": "sk-short"}, 400, "internal_server_error", "at least 16 characters"),
    ],
)
def test_a_mint_that_is_not_allowed_says_why(
    world: World, changes: dict[str, Any], status: int, kind: str, words: str
) -> None:
    answer = world.minter.post("/key/generate", world.order(**changes))
    assert answer.status_code == status
    assert error_of(answer)["type"] == kind
    assert words in error_of(answer)["message"]


@pytest.mark.parametrize(
    ("changes", "kind", "field"),
    [
        ({"max_budget": "much"}, "float_parsing", "max_budget"),
        ({"duration": 5}, "string_type", "duration"),
        ({"models": "claude-haiku"}, "list_type", "models"),
        ({"key_type": "odd"}, "enum", "key_type"),
    ],
)
def test_a_mint_that_does_not_validate_names_the_field(
    world: World, changes: dict[str, Any], kind: str, field: str
) -> None:
    answer = world.minter.post("/key/generate", world.order(**changes))
    assert answer.status_code == 422
    problem = answer.json()["detail"][0]
    assert (problem["type"], problem["loc"]) == (kind, ["body", field])


def test_an_alias_is_taken_until_its_key_is_deleted(world: World) -> None:
    alias = world.alias()
    key = world.mint(key_alias=alias)
    again = world.minter.post("/key/generate", world.order(key_alias=alias))
    assert again.status_code == 400
    assert error_of(again)["type"] == "bad_request_error"
    assert error_of(again)["param"] == "key_alias"
    assert f"Key with alias '{alias}' already exists." in error_of(again)["message"]
    assert world.minter.post("/key/delete", {"keys": [key["token"]]}).status_code == 200
    assert world.mint(key_alias=alias)["key_alias"] == alias


def test_a_tombstone_holds_its_alias_and_is_good_for_nothing(world: World) -> None:
    alias = world.alias()
    tomb = world.mint(key_alias=alias, duration="1s", max_budget=0, models=["no-default-models"])
    refused = world.holder(tomb["key"]).messages("hello")
    assert refused.status_code == 403
    world.target.pass_time(1.2)
    late = world.minter.post("/key/generate", world.order(key_alias=alias))
    assert late.status_code == 400
    assert error_of(late)["param"] == "key_alias"
    assert world.minter.post("/key/delete", {"key_aliases": [alias]}).status_code == 200
    world.mint(key_alias=alias)


def test_a_mint_for_a_team_the_minter_is_not_in_is_refused(world: World) -> None:
    answer = world.minter.post("/key/generate", world.order(team_id=world.foreign_team))
    assert answer.status_code == 400
    assert (
        error_of(answer)["message"]
        == f"User={world.user} not assigned to team={world.foreign_team}"
    )


def test_a_member_without_the_right_may_not_mint(world: World) -> None:
    team_id = world.new_team(models=["claude-haiku"])
    member = {"team_id": team_id, "member": {"role": "user", "user_id": world.user}}
    assert world.admin.post("/team/member_add", member).status_code == 200
    answer = world.minter.post("/key/generate", world.order(team_id=team_id))
    assert answer.status_code == 401
    assert error_of(answer)["type"] == "team_member_permission_error"


def test_what_is_not_checked_at_minting(world: World) -> None:
    """Models, a cap above the team's, a lifetime of years: the client must look itself."""
    world.mint(models=["no-such-model"])
    world.mint(max_budget=100_000, duration="10000d")
    world.mint_as_admin(team_id="no-such-team")


def test_without_ceilings_the_minter_can_mint_outside_every_team(world: World) -> None:
    assert world.mint(team_id=...)["team_id"] is None
