"""What only the sandbox has: a clock, a flush and a database that a test holds in its hand."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.serve import Sandbox, running_sandbox
from tests.stage.trust import TRUST

ORDER = {
    "team_id": "payments-squad",
    "user_id": "ci-minter",
    "duration": "30m",
    "max_budget": 1,
    "models": ["claude-haiku", "mock-sonnet"],
    "key_type": "llm_api",
}
MESSAGE = {
    "model": "claude-haiku",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "in=1000 out=50"}],
}


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def sandbox(clock: WallClock) -> Iterator[Sandbox]:
    with running_sandbox(clock=clock, flush_every=timedelta(minutes=5)) as sandbox:
        yield sandbox


@pytest.fixture
def minter(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with _client(sandbox, sandbox.minter_key) as client:
        yield client


@pytest.fixture
def key(minter: httpx.Client) -> dict[str, Any]:
    return dict(minter.post("/key/generate", json=ORDER).json())


@pytest.fixture
def job(sandbox: Sandbox, key: dict[str, Any]) -> Iterator[httpx.Client]:
    with _client(sandbox, key["key"]) as client:
        yield client


def _client(sandbox: Sandbox, key: str) -> httpx.Client:
    return httpx.Client(
        base_url=sandbox.url, headers={"authorization": f"Bearer {key}"}, verify=TRUST
    )


def _seen(minter: httpx.Client, key: dict[str, Any]) -> tuple[float, float, int]:
    """Spend of the key, spend of the team, rows of the key."""
    info = minter.get("/key/info", params={"key": key["token"]}).json()["info"]
    team = minter.get("/team/info", params={"team_id": "payments-squad"}).json()["team_info"]
    rows = minter.get("/spend/logs", params={"api_key": key["token"]}).json()
    return info["spend"], team["spend"], len(rows)


def test_spend_shows_at_the_flush_and_not_before(
    sandbox: Sandbox, clock: WallClock, minter: httpx.Client, key: dict[str, Any], job: httpx.Client
) -> None:
    assert job.post("/v1/messages", json=MESSAGE).status_code == 200
    clock.advance(timedelta(minutes=4))
    assert _seen(minter, key) == (0.0, 0.0, 0)
    clock.advance(timedelta(minutes=2))
    assert _seen(minter, key) == (0.00125, 0.00125, 1)


def test_a_flush_by_hand_shows_spend_at_once(
    sandbox: Sandbox, minter: httpx.Client, key: dict[str, Any], job: httpx.Client
) -> None:
    job.post("/v1/messages", json=MESSAGE)
    sandbox.flush()
    assert _seen(minter, key) == (0.00125, 0.00125, 1)


def test_the_spend_of_a_deleted_key_stays_frozen_while_its_rows_arrive(
    sandbox: Sandbox, minter: httpx.Client, key: dict[str, Any], job: httpx.Client
) -> None:
    job.post("/v1/messages", json=MESSAGE)
    minter.post("/key/delete", json={"keys": [key["token"]]})
    sandbox.flush()
    assert _seen(minter, key) == (0.0, 0.00125, 1)


def test_a_call_can_have_tokens_and_no_price(
    sandbox: Sandbox, minter: httpx.Client, key: dict[str, Any], job: httpx.Client
) -> None:
    job.post("/v1/messages", json=MESSAGE | {"model": "mock-sonnet"})
    sandbox.flush()
    row = minter.get("/spend/logs", params={"api_key": key["token"]}).json()[0]
    assert (row["status"], row["total_tokens"], row["spend"]) == ("success", 2598, 0)


def test_figures_carry_the_binary_noise_of_the_real_ones(
    sandbox: Sandbox, minter: httpx.Client
) -> None:
    hello = {"messages": [{"role": "user", "content": "hello"}], "model": "claude-sonnet"}
    order = ORDER | {"models": ["claude-sonnet"]}
    with _client(sandbox, minter.post("/key/generate", json=order).json()["key"]) as other:
        answer = other.post("/v1/messages", json=MESSAGE | hello)
    assert answer.headers["x-litellm-response-cost"] == "0.0006000000000000001"


def test_in_an_outage_a_key_in_use_goes_on_and_is_logged_afterwards(
    sandbox: Sandbox, minter: httpx.Client, key: dict[str, Any], job: httpx.Client
) -> None:
    assert job.post("/v1/messages", json=MESSAGE).status_code == 200
    sandbox.set_database(up=False)
    assert job.post("/v1/messages", json=MESSAGE).status_code == 200
    assert minter.get("/team/info", params={"team_id": "payments-squad"}).status_code == 404
    sandbox.set_database(up=True)
    sandbox.flush()
    assert _seen(minter, key) == (0.0025, 0.0025, 2)


def test_in_an_outage_the_minter_is_told_that_its_team_does_not_exist(
    sandbox: Sandbox, minter: httpx.Client
) -> None:
    assert minter.post("/key/generate", json=ORDER).status_code == 200
    sandbox.set_database(up=False)
    answer = minter.post("/key/generate", json=ORDER)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(
        "Team not found for team_id=payments-squad."
    )


def test_the_seed_has_the_teams_of_the_examples(minter: httpx.Client) -> None:
    seen = {}
    for team_id in ("payments-squad", "search-squad", "platform"):
        team = minter.get("/team/info", params={"team_id": team_id}).json()["team_info"]
        seen[team_id] = (team["soft_budget"], team["max_budget"], team["metadata"].get("tokengate"))
    assert seen == {
        "payments-squad": (640.0, 1200.0, {"plan_usd": 800}),
        "search-squad": (None, 200.0, {"plan_usd": 200}),
        "platform": (None, None, None),
    }


def test_it_starts_and_ends_in_well_under_a_second() -> None:
    begun = time.monotonic()
    with running_sandbox() as sandbox:
        started = time.monotonic() - begun
        assert httpx.get(f"{sandbox.url}/health/readiness", verify=TRUST).status_code == 200
    assert started < 0.5
    assert time.monotonic() - begun < 2


def test_two_sandboxes_do_not_know_each_other() -> None:
    with running_sandbox() as one, running_sandbox(seeded=False) as other:
        for sandbox, status in ((one, 200), (other, 404)):
            with _client(sandbox, sandbox.admin_key) as admin:
                answer = admin.get("/team/info", params={"team_id": "platform"})
                assert answer.status_code == status


def test_keys_are_not_in_the_repr(sandbox: Sandbox) -> None:
    assert sandbox.minter_key not in repr(sandbox)
    assert sandbox.admin_key not in repr(sandbox)


def test_the_module_prints_address_and_keys_and_serves() -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "ci_tokengate.sandbox"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().split() for _ in range(3)]
        url, minter_key = lines[0][-1], lines[2][-1]
        headers = {"authorization": f"Bearer {minter_key}"}
        assert httpx.get(f"{url}/key/info", headers=headers, verify=TRUST).status_code == 200
        process.terminate()
