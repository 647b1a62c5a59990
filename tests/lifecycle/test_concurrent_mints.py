"""The overshoot bound of core.cap, on the sandbox and on a real LiteLLM: fifty jobs at once on one team."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import httpx
import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm.adapter import LiteLLM
from ci_tokengate.commands.mint import mint
from ci_tokengate.core.keys import Handle, JobKey
from ci_tokengate.core.policy import Policy, Routing, Team, UseCase
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.lifecycle.issue import Issued
from tests.act.world import World, sandbox_world
from tests.fakes import a_context
from tests.live.environment import live_proxy, make_team
from tests.stage.trust import TRUST

JOBS = 50
LEFT = Decimal(5)
CALL = Decimal("0.153")  # in=50000 out=200 on Sonnet 4.5


@pytest.fixture(params=["sandbox", pytest.param("live", marks=pytest.mark.live)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with sandbox_world() if request.param == "sandbox" else live_proxy() as made:
        yield made


def _policy(team: str) -> Policy:
    """A hard stop that leaves the team exactly LEFT, with keys of a dollar."""
    case = UseCase(
        name="code-review", routing=Routing(models=("claude-sonnet",)), cap_per_run=Decimal(1)
    )
    return Policy(
        source="test",
        default_team=team,
        default_use_case="code-review",
        teams={team: Team(name=team, id=team, plan=LEFT / Decimal("1.5"))},
        use_cases={"code-review": case},
    )


def _mint(world: World, policy: Policy, number: int, start: threading.Barrier) -> Issued:
    proxy = LiteLLM(world.url, world.minter_key, deadline=Deadline(120), clock=SystemClock())
    start.wait()
    return mint(
        proxy,
        policy,
        a_context(number, run_id=f"5{number}"),
        Ask(),
        clock=SystemClock(),
        nonce=lambda: uuid.uuid4().hex[:8],
        announce=lambda _: None,
    )


def _spend_it_all(world: World, key: JobKey) -> int:
    """Calls one after another until the proxy refuses; how many went through."""
    body = {
        "model": "claude-sonnet",
        "max_tokens": 500,
        "messages": [{"role": "user", "content": "in=50000 out=200"}],
    }
    headers = {"authorization": f"Bearer {key.key}"}
    for passed in range(40):
        answer = httpx.post(
            f"{world.url}/v1/messages", json=body, headers=headers, timeout=60, verify=TRUST
        )
        if answer.status_code != 200:
            return passed
    raise AssertionError("the cap does not stop the key")


def test_fifty_mints_at_once_never_hand_out_more_than_the_team_has_left(world: World) -> None:
    team = f"crowd-{uuid.uuid4().hex[:8]}"
    make_team(world, team)
    policy, start = _policy(team), threading.Barrier(JOBS)
    with ThreadPoolExecutor(JOBS) as pool:
        issued = list(pool.map(lambda n: _mint(world, policy, n + 1, start), range(JOBS)))
    keys = [i.key for i in issued if i.key]
    try:
        assert 1 <= len(keys) <= 5
        assert sum(key.cap for key in keys) <= LEFT
        alive = world.get("/key/list", team_id=team, size="100", return_full_object="true")["keys"]
        assert {k["token"] for k in alive} == {key.id for key in keys}
        with ThreadPoolExecutor(len(keys)) as pool:
            calls = list(pool.map(lambda key: _spend_it_all(world, key), keys))
        # Each key's calls come one at a time, so each passes its cap by at most one call, and by one
        # more where a busy LiteLLM has answered the call before and not counted it yet.
        slip = 1 if world.sandbox else 2
        assert sum(calls) * CALL <= LEFT + len(keys) * slip * CALL
    finally:
        proxy = LiteLLM(world.url, world.minter_key, deadline=Deadline(60), clock=SystemClock())
        for key in keys:
            proxy.revoke(Handle(alias=key.alias, team_id=team, key_id=key.id))
