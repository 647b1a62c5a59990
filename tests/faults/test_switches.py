"""on-error, on-hard-stop and on-cap: what they change of exit codes and outputs, and what they never change."""

from __future__ import annotations

import httpx
import pytest

from tests.stage.claims import annotation_of, nothing_is_left, nothing_was_minted
from tests.stage.relay import Relay, Way
from tests.stage.trust import TRUST
from tests.stage.world import BASE, PATH, POLICY, World


@pytest.mark.parametrize(
    ("on_error", "code", "level"), [("block", 3, "error"), ("skip", 0, "warning")]
)
def test_on_error_decides_what_an_undecided_verdict_means_and_never_gives_a_key(
    world: World, on_error: str, code: int, level: str
) -> None:
    step = world.job().main(on_error=on_error, proxy_url="http://127.0.0.1:1")
    assert step.code == code
    assert "cannot be reached" in annotation_of(step, level)
    assert f'on-error is "{on_error}", so no key was minted' in step.out
    assert step.outputs["allowed"] == "false"
    assert step.outputs["verdict"] == "undecided"
    assert "key-id" not in step.outputs
    nothing_was_minted(world)


def test_on_error_of_the_policy_holds_where_the_workflow_is_silent(world: World) -> None:
    world.github.files[(BASE, PATH)] = f"{POLICY}on-error: skip\n"
    world.sandbox.set_database(up=False)
    assert world.job().main().code == 0
    assert world.job().main(on_error="block").code == 3
    nothing_was_minted(world)


def test_on_error_skip_excuses_neither_a_wrong_input_nor_a_wrong_policy(world: World) -> None:
    assert world.job().main(on_error="skip", team="nobody").code == 2
    world.github.files[(BASE, PATH)] = "version: 1"
    assert world.job().main(on_error="skip").code == 2
    nothing_was_minted(world)


def test_on_error_skip_after_a_lost_mint_leaves_no_key(world: World, relay: Relay) -> None:
    relay.add("/key/generate", Way.BAD_GATEWAY, times=2)
    job = world.job()
    step = job.main(on_error="skip")
    assert step.code == 0
    assert step.outputs["allowed"] == "false"
    nothing_is_left(world)
    assert job.post().code == 0


@pytest.mark.parametrize(("on_hard_stop", "code"), [("fail", 1), ("skip", 0)])
def test_on_hard_stop_decides_whether_the_step_fails_and_never_gives_a_key(
    world: World, on_hard_stop: str, code: int
) -> None:
    world.spend("search-squad", "300")
    step = world.job().main(team="search-squad", on_hard_stop=on_hard_stop)
    assert step.code == code
    assert "past its hard stop" in annotation_of(step, "error" if code else "warning")
    assert step.outputs["allowed"] == "false"
    assert step.outputs["verdict"] == "block"
    assert "No key was minted" in step.out
    nothing_was_minted(world)


@pytest.mark.parametrize(
    ("on_cap", "code", "level"), [("warn", 0, "warning"), ("fail", 1, "error")]
)
def test_on_cap_decides_what_refused_calls_mean(
    world: World, on_cap: str, code: int, level: str
) -> None:
    job = world.job()
    assert job.main(on_cap=on_cap, max_budget="0.02").code == 0
    key = world.source.keys[0]
    assert [_call(world, key) for _ in range(3)] == [200, 422, 422]
    step = job.post()
    assert step.code == code
    said = annotation_of(step, level)
    assert "The job key ran into its cap of $0.02: 2 calls were refused." in said
    nothing_is_left(world)


def test_on_cap_fail_lets_a_job_pass_that_stayed_within_its_cap(world: World) -> None:
    job = world.job()
    job.main(on_cap="fail")
    assert _call(world, world.source.keys[0], "in=10 out=1") == 200
    assert job.post().code == 0
    nothing_is_left(world)


def _call(world: World, key: str, prompt: str = "in=9000 out=100") -> int:
    message = {"role": "user", "content": prompt}
    body = {"model": "claude-sonnet", "max_tokens": 1000, "messages": [message]}
    headers = {"authorization": f"Bearer {key}"}
    return httpx.post(
        f"{world.sandbox.url}/v1/messages", headers=headers, json=body, verify=TRUST
    ).status_code
