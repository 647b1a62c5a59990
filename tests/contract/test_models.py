from __future__ import annotations

from tests.contract.world import Json, World


def _ids(world: World, key: str) -> list[str]:
    return [model["id"] for model in world.holder(key).get("/v1/models").json()["data"]]


def _groups(world: World, key: str) -> dict[str, Json]:
    answer = world.holder(key).get("/model_group/info")
    assert answer.status_code == 200
    return {group["model_group"]: group for group in answer.json()["data"]}


def test_v1_models_repeats_the_keys_list_even_names_that_do_not_exist(world: World) -> None:
    key = world.mint(models=["claude-haiku", "no-such-model"])["key"]
    assert _ids(world, key) == ["claude-haiku", "no-such-model"]


def test_v1_models_shows_the_keys_aliases_too(world: World) -> None:
    aliases = {"claude-opus": "claude-haiku", "cheap": "gpt-mini"}
    key = world.mint(models=["claude-haiku"], aliases=aliases)["key"]
    assert sorted(_ids(world, key)) == ["claude-haiku", "claude-opus"]


def test_model_group_info_shows_by_its_providers_whether_a_model_exists(world: World) -> None:
    key = world.mint(models=["claude-haiku", "no-such-model"], aliases={"cheap": "claude-haiku"})
    groups = _groups(world, key["key"])
    assert list(groups) == ["claude-haiku", "no-such-model"]
    assert groups["claude-haiku"]["providers"] == ["anthropic"]
    assert groups["no-such-model"]["providers"] == []


def test_model_group_info_tells_prices_and_null_where_there_is_none(world: World) -> None:
    groups = _groups(world, world.mint(models=["claude-haiku", "no-such-model"])["key"])
    costs = ("input_cost_per_token", "output_cost_per_token")
    assert [groups["claude-haiku"][cost] for cost in costs] == [1e-06, 5e-06]
    assert [groups["no-such-model"][cost] for cost in costs] == [None, None]


def test_a_key_without_a_list_has_its_teams(world: World) -> None:
    team_id = world.new_team(models=["claude-haiku", "gpt-mini"])
    for models in ([], ["all-team-models"]):
        key = world.mint_as_admin(team_id=team_id, models=models)["key"]
        assert sorted(_ids(world, key)) == ["claude-haiku", "gpt-mini"]


def test_the_minter_may_not_list_models(world: World) -> None:
    assert world.minter.get("/v1/models").status_code == 403
    assert world.minter.get("/model_group/info").status_code == 403
