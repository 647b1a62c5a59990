"""What a proxy gives that is no key, or a key that may do more than was asked for, reaches no job and no log."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stage.claims import annotation_of, nothing_is_left
from tests.stage.relay import Relay, Way
from tests.stage.world import World

ODD = {
    "a line break": "sk-canary-0123\n4567-odd",
    "a line break at its end": "sk-canary-01234567-odd\n",
    "a carriage return": "sk-canary-01234567-odd\rx",
    "a space": "sk-canary 01234567-odd",
    "a letter that no header carries": "sk-canary-01234567-ödd",
    "a NUL": "sk-canary-01234567\0odd",
    "too many characters": "sk-canary-01234567-odd" * 1000,
}


@pytest.mark.parametrize("key", ODD.values(), ids=ODD)
def test_a_key_that_is_no_key_is_shown_nowhere_and_given_to_nobody(
    world: World, relay: Relay, key: str
) -> None:
    relay.add("/key/generate", Way.SPOIL, times=2, spoil=lambda body: {**body, "key": key})
    job = world.job()
    step = job.main()
    assert step.code == 3
    assert "did not answer the mint of a key, twice" in annotation_of(step)
    for part in ("sk-canary", "01234567", "4567-odd"):
        assert part not in step.said + step.summary + str(step.state) + str(step.outputs)
    assert step.exported == {}
    nothing_is_left(world)


def _longer(body: Any) -> Any:
    return {**body, "expires": "2099-01-01T00:00:00Z"}


LOOSE = {
    "no cap": lambda body: {**body, "max_budget": None},
    "a cap of 500 instead of": lambda body: {**body, "max_budget": 500.0},
    "its end at 2099-01-01T00:00:00Z": _longer,
    "a cap that is renewed": lambda body: {**body, "budget_duration": "1h"},
}


@pytest.mark.parametrize(("words", "spoil"), LOOSE.items(), ids=LOOSE)
def test_a_key_that_may_do_more_than_was_asked_for_is_ended_at_once(
    world: World, relay: Relay, words: str, spoil: Any
) -> None:
    relay.add("/key/generate", Way.SPOIL, spoil=spoil)
    step = world.job().main()
    assert step.code == 2
    assert words in annotation_of(step)
    assert step.exported == {}
    nothing_is_left(world)


def _period(body: Any) -> Any:
    return {**body, "budget_duration": "30d"}


@pytest.mark.parametrize(
    ("reset", "code"), [("2099-01-01T00:00:00Z", 0), ("2020-01-01T00:00:00Z", 2)]
)
def test_a_period_that_a_ceiling_gives_to_every_key_counts_by_when_it_ends(
    world: World, relay: Relay, reset: str, code: int
) -> None:
    """The mint's answer names the period and not its end (observed on LiteLLM 1.106.2)."""
    relay.add("/key/generate", Way.SPOIL, spoil=_period)
    told = {"info": {"budget_reset_at": reset}}
    relay.add("/key/info?key=", Way.SPOIL, spoil=lambda body: {**body, **told})
    step = world.job().main()
    assert step.code == code
    assert (step.outputs["allowed"] == "true") is (code == 0)
    assert len(world.live) == (1 if code == 0 else 0)


def test_a_period_of_which_nobody_tells_the_end_is_taken_for_renewed(
    world: World, relay: Relay
) -> None:
    relay.add("/key/generate", Way.SPOIL, spoil=_period)
    relay.add("/key/info?key=", Way.REFUSE, status=403)
    step = world.job().main()
    assert step.code == 2
    assert "a cap that is renewed" in annotation_of(step)
    nothing_is_left(world)
