"""revoke.mjs at the other proxies, on their sandboxes: the key that post knows, and the one it only knows the name of."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ci_tokengate.sandbox.openrouter import keys as openrouter_keys
from ci_tokengate.sandbox.openrouter.state import WORKSPACES
from ci_tokengate.sandbox.portkey import keys as portkey_keys
from tests.act.harness import ROOT
from tests.contract.adapters.world import World, a_portkey, an_openrouter
from tests.hooks.conftest import NODE


@pytest.fixture(params=[a_portkey, an_openrouter], ids=["portkey", "openrouter"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with request.param() as found:
        yield found


def revoke(world: World, alias: str, **more: str) -> tuple[int, str]:
    env = {
        "STATE_alias": alias,
        "STATE_proxy-url": f"{world.site.url}/",
        "STATE_proxy-kind": world.site.kind,
        "INPUT_PROXY-KEY": world.minter_key,
        "TOKENGATE_DEADLINE_MS": "9000",
        **more,
    }
    script = str(ROOT / "hooks" / "action" / "revoke.mjs")
    ended = subprocess.run([NODE, script], env=env, capture_output=True, text=True, timeout=40)
    assert ended.stderr == ""
    assert world.minter_key not in ended.stdout
    return ended.returncode, ended.stdout


def test_a_known_key_is_ended_and_others_are_left(world: World) -> None:
    key, other = world.mint(), world.mint()
    assert revoke(world, key.alias, **{"STATE_key-id": key.id}) == (0, "")
    assert [world.call(k) for k in (key, other)] == [401, 200]
    assert revoke(world, key.alias, **{"STATE_key-id": key.id}) == (0, "")


def test_all_keys_of_a_name_are_ended_where_post_knows_no_more(world: World) -> None:
    request = world.request()
    twins = [world.proxy().mint(request) for _ in range(2)]
    assert revoke(world, request.alias) == (0, "")
    assert [world.call(key) for key in twins] == [401, 401]


def test_it_finds_a_key_on_a_later_page(world: World) -> None:
    """Both list the newest first."""
    key = world.mint()
    proxy = world.proxy()
    for _ in range(101):
        proxy.mint(world.request())
    assert revoke(world, key.alias) == (0, "")
    assert world.call(key) == 401


def test_it_finds_a_key_where_a_page_is_shorter_than_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = {"portkey": portkey_keys, "openrouter": openrouter_keys}[world.site.kind]
    monkeypatch.setattr(module, "MOST", 2)
    key = world.mint()
    for _ in range(5):
        world.mint()
    assert revoke(world, key.alias) == (0, "")
    assert world.call(key) == 401


def test_it_finds_a_key_of_another_workspace_of_openrouter() -> None:
    with an_openrouter() as world:
        key = world.mint(team_id=WORKSPACES[0])
        assert revoke(world, key.alias, **{"STATE_team-id": WORKSPACES[0]}) == (0, "")
        assert world.call(key) == 401


def test_a_name_that_nobody_has_is_done_after_a_while(world: World) -> None:
    assert revoke(world, "tokengate:acme/web#1:1.1:a:b:c") == (0, "")


def test_a_wrong_minting_key_is_said(world: World) -> None:
    code, said = revoke(world, "tokengate:acme/web#1:1.1:a:b:c", **{"INPUT_PROXY-KEY": "nobody"})
    assert code == 1
    assert "the minting key (input proxy-key) was not accepted" in said


def test_portkeys_control_plane_is_asked_where_it_is_another_server() -> None:
    with a_portkey() as world:
        key = world.mint()
        elsewhere = {
            "STATE_proxy-url": "http://127.0.0.1:9",
            "STATE_control-url": f"{world.site.url}/v1/",
        }
        assert revoke(world, key.alias, **elsewhere) == (0, "")
        assert world.call(key) == 401
        moved = replace(world.site, url="http://127.0.0.1:9", control_url=f"{world.site.url}/v1/")
        assert replace(world, site=moved).proxy().credential().is_admin is False
