from __future__ import annotations

from typing import Any

from tests.contract.world import World, error_of


def test_the_minter_reads_a_key_by_secret_and_by_hash(world: World) -> None:
    key = world.mint()
    for handle in (key["key"], key["token"]):
        answer = world.minter.get("/key/info", key=handle)
        assert answer.status_code == 200
        assert answer.json()["key"] == handle
        info = answer.json()["info"]
        assert info["key_alias"] == key["key_alias"]
        assert (info["team_id"], info["user_id"]) == (world.team, world.user)
        assert (info["spend"], info["max_budget"]) == (0.0, 1.0)
        assert info["metadata"] == key["metadata"]
        assert info["status"] == "active"
        assert info["expires"].endswith("+00:00")


def test_a_key_that_never_existed_is_not_found(world: World) -> None:
    answer = world.minter.get("/key/info", key="sk-never-existed-1234")
    assert answer.status_code == 404
    assert error_of(answer)["type"] == "not_found_error"


def test_a_key_of_another_team_is_not_for_the_minter_to_read(world: World) -> None:
    key = world.mint_as_admin(team_id=world.foreign_team)
    answer = world.minter.get("/key/info", key=key["token"])
    assert answer.status_code == 403
    assert "not allowed to access this key's info" in error_of(answer)["message"]


def test_an_expired_key_stays_and_says_so(world: World) -> None:
    key = world.mint(duration="1s")
    world.target.pass_time(1.2)
    assert world.minter.get("/key/info", key=key["token"]).json()["info"]["status"] == "expired"


def test_a_key_is_found_by_its_alias(world: World) -> None:
    key = world.mint()
    answer = world.minter.get("/key/list", key_alias=key["key_alias"], size=5)
    assert answer.json() == {
        "keys": [key["token"]],
        "total_count": 1,
        "current_page": 1,
        "total_pages": 1,
    }


def test_keys_are_found_by_a_part_of_their_alias_in_any_case(world: World) -> None:
    mark = world.alias()
    tokens = [world.mint(key_alias=f"{mark}:{place}")["token"] for place in ("One", "Two")]

    def found(**query: Any) -> list[Any]:
        answer = world.minter.get("/key/list", size=100, **query)
        assert answer.status_code == 200
        return list(answer.json()["keys"])

    assert found(key_alias=mark) == []
    assert found(key_alias=f"{mark}:", substring_matching="true") == tokens[::-1]
    assert found(key_alias=f"{mark}:oNE", substring_matching="true") == tokens[:1]


def test_full_objects_carry_what_the_sweeper_needs(world: World) -> None:
    key = world.mint()
    answer = world.minter.get("/key/list", key_alias=key["key_alias"], return_full_object="true")
    listed = answer.json()["keys"][0]
    assert listed["token"] == key["token"]
    assert listed["key_alias"] == key["key_alias"]
    assert (listed["team_id"], listed["user_id"]) == (world.team, world.user)
    assert listed["expires"].endswith("Z")
    assert listed["metadata"] == key["metadata"]
    assert listed["created_at"]


def test_keys_are_listed_newest_first_in_pages(world: World) -> None:
    mark = world.alias()
    tokens = [world.mint(key_alias=f"{mark}:{place}")["token"] for place in range(3)][::-1]
    query: dict[str, Any] = {"key_alias": mark, "substring_matching": "true", "size": 2}
    first = world.minter.get("/key/list", page=1, **query).json()
    second = world.minter.get("/key/list", page=2, **query).json()
    assert first["keys"] + second["keys"] == tokens
    assert (second["total_count"], second["current_page"], second["total_pages"]) == (3, 2, 2)


def test_the_minter_does_not_see_keys_of_others(world: World) -> None:
    key = world.mint_as_admin()
    listed = world.minter.get("/key/list", key_alias=key["key_alias"]).json()
    assert listed["keys"] == []
    refused = world.minter.get("/key/list", team_id=world.foreign_team)
    assert refused.status_code == 403


def test_a_page_of_keys_has_at_most_100_and_an_odd_status_is_refused(world: World) -> None:
    assert world.minter.get("/key/list", size=101).status_code == 422
    assert world.minter.get("/key/list", page=0).status_code == 422
    assert world.minter.get("/key/list", status="odd").status_code == 400


def test_a_key_is_deleted_once(world: World) -> None:
    token = world.mint()["token"]
    first = world.minter.post("/key/delete", {"keys": [token]})
    assert (first.status_code, first.json()) == (200, {"deleted_keys": [token]})
    second = world.minter.post("/key/delete", {"keys": [token]})
    assert second.status_code == 404
    assert "No keys found" in error_of(second)["message"]


def test_a_key_is_deleted_by_its_alias(world: World) -> None:
    alias = world.mint()["key_alias"]
    first = world.minter.post("/key/delete", {"key_aliases": [alias]})
    assert (first.status_code, first.json()) == (200, {"deleted_keys": [alias]})
    assert world.minter.post("/key/delete", {"key_aliases": [alias]}).status_code == 404


def test_an_unknown_key_beside_a_known_one_is_echoed_as_deleted(world: World) -> None:
    both = ["0" * 64, world.mint()["token"]]
    answer = world.minter.post("/key/delete", {"keys": both})
    assert (answer.status_code, answer.json()) == (200, {"deleted_keys": both})


def test_the_minter_may_not_delete_what_it_did_not_mint(world: World) -> None:
    foreign, own = world.mint_as_admin()["token"], world.mint()["token"]
    for keys in ([foreign], [foreign, own]):
        answer = world.minter.post("/key/delete", {"keys": keys})
        assert answer.status_code == 403
        assert "not authorized to delete this key" in error_of(answer)["message"]
    assert world.minter.get("/key/info", key=own).json()["info"]["status"] == "active"


def test_a_delete_of_nothing_is_invalid(world: World) -> None:
    empty: list[dict[str, list[str]]] = [{}, {"keys": []}]
    for body in empty:
        assert world.minter.post("/key/delete", body).status_code == 422


def test_a_deleted_key_can_still_be_read(world: World) -> None:
    key = world.mint()
    world.minter.post("/key/delete", {"keys": [key["token"]]})
    info = world.minter.get("/key/info", key=key["token"]).json()["info"]
    assert info["status"] == "deleted"
    assert info["deleted_by"] == world.user
    assert info["deleted_at"]
    live = world.minter.get("/key/list", key_alias=key["key_alias"]).json()
    gone = world.minter.get("/key/list", key_alias=key["key_alias"], status="deleted").json()
    assert live["keys"] == []
    assert gone["keys"] == [key["token"]]
