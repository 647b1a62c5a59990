from __future__ import annotations

import pytest

from tests.contract.world import MODELS, World, error_of


def test_a_member_reads_the_budget_of_their_team(world: World) -> None:
    world.mint()
    answer = world.minter.get("/team/info", team_id=world.team, key_limit=1)
    assert answer.status_code == 200
    team = answer.json()["team_info"]
    assert team["max_budget"] == 1200.0
    assert team["soft_budget"] == 640.0
    assert team["budget_duration"] == "30d"
    assert team["metadata"] == {"tokengate": {"plan_usd": 800}}
    assert team["models"] == MODELS
    assert isinstance(team["spend"], float)
    assert len(answer.json()["keys"]) == 1


def test_a_budget_of_30_days_is_renewed_on_the_first_of_the_month(world: World) -> None:
    team = world.admin.get("/team/info", team_id=world.team, key_limit=1).json()["team_info"]
    assert team["budget_reset_at"].endswith("-01T00:00:00Z")


def test_a_team_without_a_budget_has_null(world: World) -> None:
    team_id = world.new_team()
    team = world.admin.get("/team/info", team_id=team_id).json()["team_info"]
    assert team["max_budget"] is None
    assert team["soft_budget"] is None
    assert team["budget_reset_at"] is None


def test_a_team_that_does_not_exist_is_404(world: World) -> None:
    answer = world.minter.get("/team/info", team_id="no-such-team")
    assert answer.status_code == 404
    assert error_of(answer)["type"] == "auth_error"
    assert "Team not found, passed team id: no-such-team." in error_of(answer)["message"]


def test_another_team_is_not_for_the_minter_to_read(world: World) -> None:
    answer = world.minter.get("/team/info", team_id=world.foreign_team)
    assert answer.status_code == 403
    assert error_of(answer)["type"] == "auth_error"
    assert "not authorized to access this team" in error_of(answer)["message"]


def test_team_info_needs_a_team_id(world: World) -> None:
    assert world.minter.get("/team/info").status_code == 422


def test_a_team_id_is_taken_once(world: World) -> None:
    answer = world.admin.post("/team/new", {"team_id": world.team})
    assert answer.status_code == 400
    assert "already exists" in error_of(answer)["message"]


def test_an_update_takes_effect_and_replaces_metadata(world: World) -> None:
    team_id = world.new_team(max_budget=5, metadata={"cost_center": "a", "owner": "b"})
    update = {"team_id": team_id, "max_budget": 6, "metadata": {"cost_center": "c"}}
    answer = world.admin.post("/team/update", update)
    assert answer.status_code == 200
    assert answer.json()["data"]["max_budget"] == 6.0
    team = world.admin.get("/team/info", team_id=team_id).json()["team_info"]
    assert team["max_budget"] == 6.0
    assert team["metadata"] == {"cost_center": "c"}


def test_a_team_takes_no_temporary_increase_and_says_nothing(world: World) -> None:
    team_id = world.new_team(max_budget=5)
    update = {
        "team_id": team_id,
        "temp_budget_increase": 5,
        "temp_budget_expiry": "2099-01-01T00:00:00Z",
    }
    assert world.admin.post("/team/update", update).status_code == 200
    team = world.admin.get("/team/info", team_id=team_id).json()["team_info"]
    assert team["max_budget"] == 5.0


def test_an_update_of_no_team_is_404(world: World) -> None:
    answer = world.admin.post("/team/update", {"team_id": "no-such-team", "max_budget": 1})
    assert answer.status_code == 404


def test_a_member_joins_once(world: World) -> None:
    member = {"team_id": world.team, "member": {"role": "user", "user_id": world.user}}
    answer = world.admin.post("/team/member_add", member)
    assert answer.status_code == 400
    assert error_of(answer)["type"] == "team_member_already_in_team"


def test_team_admins_need_a_licence(world: World) -> None:
    member = {"team_id": world.team, "member": {"role": "admin", "user_id": world.user}}
    answer = world.admin.post("/team/member_add", member)
    assert answer.status_code == 400
    assert "premium feature" in answer.json()["detail"]["error"]


def test_members_and_rights_of_no_team_are_404(world: World) -> None:
    member = {"team_id": "no-such-team", "member": {"role": "user", "user_id": world.user}}
    rights = {"team_id": "no-such-team", "team_member_permissions": ["/key/generate"]}
    for path, body in (("/team/member_add", member), ("/team/permissions_update", rights)):
        answer = world.admin.post(path, body)
        assert answer.status_code == 404
        assert "Team doesn't exist in db" in answer.json()["detail"]["error"]


def test_a_user_id_is_taken_once(world: World) -> None:
    answer = world.admin.post("/user/new", {"user_id": world.user, "auto_create_key": False})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("update", "said"),
    [
        ({"soft_budget": 0, "max_budget": 0}, "soft_budget (0.0) must be strictly lower than"),
        ({"soft_budget": 6}, "soft_budget (6.0) must be strictly lower than max_budget (5.0)"),
        ({"soft_budget": None, "max_budget": 2}, "max_budget (2.0) must be strictly greater than"),
    ],
)
def test_a_soft_budget_that_is_not_below_the_other_is_refused_a_null_beside_it_or_not(
    world: World, update: dict[str, float | None], said: str
) -> None:
    team_id = world.new_team(max_budget=5, soft_budget=3)
    answer = world.admin.post("/team/update", {"team_id": team_id, **update})
    assert answer.status_code == 400
    assert said in error_of(answer)["message"]
    for step in ({"soft_budget": None}, {"max_budget": 2}):
        assert world.admin.post("/team/update", {"team_id": team_id, **step}).status_code == 200
    team = world.admin.get("/team/info", team_id=team_id).json()["team_info"]
    assert (team["soft_budget"], team["max_budget"]) == (None, 2)
