from __future__ import annotations

import pytest

from tests.contract.world import MINTER_ROUTES, World, error_of


@pytest.mark.parametrize(
    ("key", "kind", "words"),
    [
        (None, "auth_error", "No api key passed in"),
        ("no-such-thing", "auth_error", "expected to start with 'sk-'"),
        ("sk-never-existed-1234", "token_not_found_in_db", "Unable to find token"),
    ],
)
def test_a_key_that_is_none_is_refused_with_401(
    world: World, key: str | None, kind: str, words: str
) -> None:
    answer = world.holder(key).get("/key/info")
    assert answer.status_code == 401
    assert error_of(answer)["type"] == kind
    assert words in error_of(answer)["message"]


def test_only_an_admin_key_may_list_users(world: World) -> None:
    assert world.admin.get("/user/list").status_code == 200
    assert isinstance(world.admin.get("/user/list").json()["users"], list)
    refused = world.minter.get("/user/list")
    assert refused.status_code == 403
    assert refused.json()["detail"].startswith("Virtual key is not allowed to call this route.")


def test_a_key_with_all_routes_but_no_admin_may_not_list_users(world: World) -> None:
    key = world.mint(key_type="default")
    refused = world.holder(key["key"]).get("/user/list")
    assert refused.status_code == 403
    assert "Only proxy admins" in refused.json()["detail"]["error"]


def test_the_minter_can_read_itself(world: World) -> None:
    info = world.minter.get("/key/info").json()["info"]
    assert info["user_id"] == world.user
    assert info["allowed_routes"] == MINTER_ROUTES
    assert info["models"] == ["no-default-models"]
    assert info["expires"] is None
    assert info["status"] == "active"


def test_the_admin_key_is_in_no_table(world: World) -> None:
    answer = world.admin.get("/key/info")
    assert answer.status_code == 404
    assert error_of(answer)["type"] == "not_found_error"


def test_a_job_key_may_not_read_itself(world: World) -> None:
    job = world.holder(world.mint()["key"])
    for path in ("/key/info", "/team/info", "/user/list"):
        answer = job.get(path)
        assert answer.status_code == 403
        assert answer.json()["detail"] == (
            "Virtual key is not allowed to call this route. "
            f"Only allowed to call routes: ['llm_api_routes']. Tried to call route: {path}"
        )


def test_a_job_key_may_not_mint(world: World) -> None:
    job = world.holder(world.mint()["key"])
    assert job.post("/key/generate", world.order()).status_code == 403


def test_a_key_of_type_default_mints_with_the_rights_of_its_user(world: World) -> None:
    """Why the product always asks for llm_api."""
    job = world.holder(world.mint(key_type="default")["key"])
    assert job.post("/key/generate", world.order()).status_code == 200


def test_the_minter_may_not_call_a_model(world: World) -> None:
    answer = world.minter.messages("hello")
    assert answer.status_code == 403
    assert error_of(answer)["type"] == "key_model_access_denied"


def test_the_minter_may_not_make_a_team_or_raise_a_budget(world: World) -> None:
    for path in ("/team/new", "/team/update"):
        answer = world.minter.post(path, {"team_id": world.team, "max_budget": 9000})
        assert answer.status_code == 403
        assert "not allowed to call this route" in answer.json()["detail"]
