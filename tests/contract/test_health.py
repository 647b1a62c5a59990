from __future__ import annotations

from tests.contract.world import World


def test_readiness_tells_without_a_key_that_the_database_is_connected(world: World) -> None:
    answer = world.holder(None).get("/health/readiness")
    assert answer.status_code == 200
    assert answer.json()["db"] == "connected"


def test_liveliness_needs_no_key(world: World) -> None:
    assert world.holder(None).get("/health/liveliness").json() == "I'm alive!"


def test_a_wrong_base_address_is_a_plain_404(world: World) -> None:
    for path in ("/v1/team/info", "/nope"):
        answer = world.minter.get(path, team_id=world.team)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_a_doubled_slash_is_a_plain_404(world: World) -> None:
    answer = world.client.get(f"{world.target.url}//team/info")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_a_trailing_slash_redirects(world: World) -> None:
    answer = world.minter.get("/team/info/", team_id=world.team)
    assert answer.status_code == 307


def test_the_root_is_a_page_not_an_api(world: World) -> None:
    answer = world.holder(None).get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
