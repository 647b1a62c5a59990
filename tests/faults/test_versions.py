"""A proxy that is too old for what is asked of it."""

from __future__ import annotations

from tests.stage.claims import nothing_is_left
from tests.stage.relay import Relay, Way
from tests.stage.world import World


def test_a_sweep_that_finds_nothing_on_an_old_proxy_does_not_say_that_all_is_swept(
    world: World, relay: Relay
) -> None:
    relay.add(
        "/health/readiness",
        Way.SPOIL,
        spoil=lambda body: {**body, "litellm_version": "1.80.11"},
    )
    done = world.cli("sweep", "--all")
    assert done.code == 2
    assert "is LiteLLM 1.80.11, which cannot list keys by prefix" in done.err


def test_a_sweep_that_finds_nothing_on_a_new_proxy_says_so(world: World, relay: Relay) -> None:
    done = world.cli("sweep", "--all")
    assert (done.code, done.out) == (0, "✔ There is no key to sweep.\n")


def test_a_proxy_that_lists_no_key_by_prefix_gets_no_job_key(world: World, relay: Relay) -> None:
    relay.add("/key/list", Way.SPOIL, times=99, spoil=lambda body: {**body, "keys": []})
    step = world.job().main()
    assert step.code == 3
    assert "does not list the key that it has just minted" in step.out
    nothing_is_left(world)
