"""The mint's answer is lost on its way. At the end there is one key and its job knows it, or there is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ci_tokengate.core.alias import parse_alias
from tests.stage.claims import annotation_of, complaint_of, nothing_is_left
from tests.stage.relay import Relay, Way
from tests.stage.world import World

LOSSES = [Way.LOSE, Way.BAD_GATEWAY]


def _drift(body: Any) -> Any:
    return {"data": {"token": "x"}}


@pytest.mark.parametrize("way", LOSSES)
def test_a_mint_whose_answer_is_lost_is_ended_and_made_again(
    world: World, relay: Relay, way: Way
) -> None:
    relay.add("/key/generate", way)
    step = world.job().main()
    assert step.code == 0
    (key,) = world.live
    assert key.token == step.outputs["key-id"] == step.state["key-id"]
    assert key.alias == step.state["alias"]
    assert world.minted == 2, "the first one is deleted"


def test_a_mint_whose_answer_is_in_another_form_is_ended_and_made_again(
    world: World, relay: Relay
) -> None:
    relay.add("/key/generate", Way.SPOIL, spoil=_drift)
    step = world.job().main()
    assert step.code == 0
    assert [key.token for key in world.live] == [step.outputs["key-id"]]
    assert world.minted == 2


@pytest.mark.parametrize("way", LOSSES)
def test_a_mint_whose_answer_is_lost_twice_fails_and_leaves_nothing(
    world: World, relay: Relay, way: Way
) -> None:
    relay.add("/key/generate", way, times=2)
    job = world.job()
    step = job.main()
    assert step.code == 3
    said = annotation_of(step)
    assert "did not answer the mint of a key, twice" in said
    assert "What it may have minted was revoked." in said
    assert "key-id" not in step.outputs
    nothing_is_left(world)
    assert job.post().code == 0
    assert world.minted == 2


@pytest.mark.parametrize("way", LOSSES)
def test_mint_on_a_laptop_leaves_nothing_either(world: World, relay: Relay, way: Way) -> None:
    relay.add("/key/generate", way, times=2)
    done = world.cli("mint")
    assert done.code == 3
    assert "did not answer the mint of a key, twice" in complaint_of(done)
    nothing_is_left(world)


def test_a_mint_answered_after_the_deadline_is_ended_although_no_time_is_left(
    world: World, relay: Relay
) -> None:
    relay.add("/key/generate", Way.LATE, times=2)
    done = world.cli("mint", "--timeout=0.6")
    assert done.code == 3
    assert complaint_of(done)
    assert world.minted >= 1
    nothing_is_left(world)


def test_a_mint_that_never_reached_the_proxy_is_not_looked_for(world: World, relay: Relay) -> None:
    relay.add("/key/generate", Way.REFUSE, status=429)
    step = world.job().main()
    assert step.code == 3
    assert "limits the rate of requests" in annotation_of(step)
    assert relay.count("/key/delete") == 0
    nothing_is_left(world)


def test_a_mint_still_on_its_way_when_post_revokes_is_refused_when_it_arrives(
    world: World, relay: Relay
) -> None:
    held = relay.add("/key/generate", Way.HOLD)
    done = world.cli("mint", "--timeout=0.6")
    assert done.code == 3
    nothing_is_left(world)
    held.release.set()
    assert held.done.wait(10)
    assert held.answer is not None
    status, body = held.answer
    assert status == 400
    assert "already exists" in json.loads(body)["error"]["message"]
    nothing_is_left(world)


def test_post_takes_the_alias_of_a_mint_that_main_did_not_live_to_see(
    world: World, relay: Relay
) -> None:
    alias = "tokengate:acme/shop#42:9001.1:review:code-review:0badcafe"
    job = world.job()
    _write_state(job.folder / "state", alias, world)
    step = job.post()
    assert step.code == 0
    assert world.live == []
    with world.sandbox.state.lock:
        (tombstone,) = [k for k in world.sandbox.state.keys.values() if k.alias == alias]
    assert tombstone.max_budget == 0
    assert tombstone.models == ["no-default-models"]


def test_a_tombstone_whose_own_answer_is_lost_stays(world: World, relay: Relay) -> None:
    """Else the second try would take it for the late mint, delete it, and let the late mint in."""
    alias = "tokengate:acme/shop#42:9001.1:review:code-review:0badcafe"
    job = world.job()
    _write_state(job.folder / "state", alias, world)
    relay.add("/key/generate", Way.BAD_GATEWAY)
    assert job.post().code == 0
    assert _tombstones(world) == [alias]
    assert job.post().code == 0
    assert _tombstones(world) == [alias], "nor does revoking once more remove it"


def _tombstones(world: World) -> list[str | None]:
    with world.sandbox.state.lock:
        return [k.alias for k in world.sandbox.state.keys.values() if k.max_budget == 0]


def test_a_key_that_arrives_between_looking_and_taking_is_deleted(
    world: World, relay: Relay
) -> None:
    alias = world.job().main().state["alias"]
    relay.add("/key/list", Way.SPOIL, spoil=lambda body: {**body, "keys": []})
    job = world.job()
    _write_state(job.folder / "state", alias, world)
    assert job.post().code == 0
    assert relay.count("/key/generate") == 2, "the mint, and the try to take its alias"
    assert world.live == []


def _write_state(path: Any, alias: str, world: World) -> None:
    assert parse_alias(alias)
    state = {
        "proxy-url": world.url,
        "proxy-kind": "litellm",
        "phase": "minting",
        "alias": alias,
        "team-id": "payments-squad",
        "user-id": "ci-minter",
        "key-id": "",
    }
    path.write_text("".join(f"{k}<<E\n{v}\nE\n" for k, v in state.items()), encoding="utf-8")


def test_where_revoking_fails_too_the_key_that_may_be_left_is_named(
    world: World, relay: Relay
) -> None:
    relay.add("/key/generate", Way.BAD_GATEWAY)
    relay.add("/key/delete", Way.REFUSE, status=500)
    done = world.cli("mint")
    assert done.code == 3
    said = complaint_of(done)
    assert "A job key may be left at the proxy, for revoking it failed" in said
    (key,) = world.live
    assert f"ci-tokengate revoke --alias '{key.alias}'" in said
    ended = world.cli("revoke", f"--alias={key.alias}")
    assert ended.code == 0
    assert world.live == []


def test_a_key_whose_wiring_cannot_be_written_is_given_back(world: World) -> None:
    done = world.cli("mint", RUNNER_TEMP=str(world.folder / "nowhere"))
    assert done.code == 2
    assert "No folder can be made below" in complaint_of(done)
    assert world.minted == 1
    nothing_is_left(world)


def test_state_that_cannot_be_written_keeps_the_mint_from_being_sent(world: World) -> None:
    step = world.job(GITHUB_STATE=str(world.folder / "no" / "state")).main()
    assert step.code == 2
    assert "cannot be written" in annotation_of(step)
    assert world.minted == 0


def test_outputs_that_cannot_be_written_leave_a_key_that_post_ends(world: World) -> None:
    job = world.job(GITHUB_ENV=str(world.folder / "no" / "env"))
    step = job.main()
    assert step.code == 2
    assert "cannot be written" in annotation_of(step)
    assert job.post().code == 0
    assert world.live == []


def test_a_proxy_that_is_gone_when_post_revokes_is_an_undecided_end(world: World) -> None:
    job = world.job()
    assert job.main().code == 0
    state = (job.folder / "state").read_text(encoding="utf-8")
    (job.folder / "state").write_text(
        state.replace(world.url, "http://127.0.0.1:1"), encoding="utf-8"
    )
    step = job.post()
    assert step.code == 3
    assert "The job key could not be revoked: http://127.0.0.1:1 cannot be reached" in step.out


def test_revoking_twice_is_no_error(world: World) -> None:
    job = world.job()
    job.main()
    assert job.post().code == 0
    assert job.post().code == 0
    nothing_is_left(world)


def test_a_mint_that_was_refused_leaves_post_nothing_to_look_for(
    world: World, relay: Relay
) -> None:
    relay.add("/key/generate", Way.REFUSE, status=400)
    job = world.job()
    step = job.main()
    assert (step.code, step.state["phase"]) == (2, "none")
    asked = len(relay.seen)
    assert job.post().code == 0
    assert len(relay.seen) == asked
