from __future__ import annotations

from tests.contract.world import World


def _ids(world: World, key: str) -> list[str]:
    return [model["id"] for model in world.holder(key).get("/v1/models").json()["data"]]


def _groups(world: World, key: str) -> set[str]:
    answer = world.holder(key).get("/model_group/info")
    assert answer.status_code == 200
    return {group["model_group"] for group in answer.json()["data"]}


def test_v1_models_repeats_the_keys_list_even_names_that_do_not_exist(world: World) -> None:
    key = world.mint(models=["claude-haiku", "no-such-model"])["key"]
    assert _ids(world, key) == ["claude-haiku", "no-such-model"]


def test_v1_models_shows_the_keys_aliases_too(world: World) -> None:
    aliases = {"claude-opus": "claude-haiku", "cheap": "gpt-mini"}
    key = world.mint(models=["claude-haiku"], aliases=aliases)["key"]
    assert sorted(_ids(world, key)) == ["claude-haiku", "claude-opus"]


def test_model_group_info_lists_only_models_of_the_key_that_exist(world: World) -> None:
    key = world.mint(models=["claude-haiku", "no-such-model"])["key"]
    assert _groups(world, key) == {"claude-haiku"}


def test_model_group_info_tells_provider_and_prices(world: World) -> None:
    key = world.mint(models=["claude-haiku"])["key"]
    group = world.holder(key).get("/model_group/info").json()["data"][0]
    assert group["providers"] == ["anthropic"]
    assert (group["input_cost_per_token"], group["output_cost_per_token"]) == (1e-06, 5e-06)


def test_a_key_without_a_list_has_its_teams(world: World) -> None:
    team_id = world.new_team(models=["claude-haiku", "gpt-mini"])
    for models in ([], ["all-team-models"]):
        key = world.mint_as_admin(team_id=team_id, models=models)["key"]
        assert sorted(_ids(world, key)) == ["claude-haiku", "gpt-mini"]


def test_the_minter_may_not_list_models(world: World) -> None:
    assert world.minter.get("/v1/models").status_code == 403
    assert world.minter.get("/model_group/info").status_code == 403
