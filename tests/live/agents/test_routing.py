"""The starter policy with the real Claude Code: what is asked for is served, and billed, as the budget allows.

`init` writes the policy; the product mints the key; the proxy's own log tells what was served.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from tests.live.agents.clients import AGENTS
from tests.live.agents.lab import JobKey, Lab
from tests.live.agents.runs import run
from tests.live.environment import PERMISSIONS, address, minting_key
from tests.stage.entries import run_cli

pytestmark = [pytest.mark.live, pytest.mark.agents]
ONCE = "say hi in=1100 out=70"
PRICES = {"claude-opus": (5, 25), "claude-sonnet": (3, 15), "claude-haiku": (1, 5)}
"""USD for a million tokens in and out."""
CLAUDE = AGENTS[0]
ASKS_FOR_OPUS = replace(
    CLAUDE, command=lambda prompt: (*CLAUDE.command(prompt), "--model", "claude-opus")
)


@dataclass
class Squad:
    """A team of this test's own, and the policy that `init` has written for it."""

    team: str
    url: str
    minter: str
    http: httpx.Client
    policy: Path

    def spent(self) -> Decimal:
        params = {"team_id": self.team, "key_limit": "1"}
        text = self.http.get("/team/info", params=params).raise_for_status().text
        return Decimal(json.loads(text, parse_float=Decimal)["team_info"]["spend"])

    def at(self, percent: int) -> dict[str, Any]:
        """A key of the use case for autonomous agents, minted when so much of the plan is spent."""
        yaml = YAML()
        policy = yaml.load(self.policy)
        policy["teams"][self.team]["plan"] = float(round(self.spent() * 100 / percent, 6))
        with self.policy.open("w") as file:
            yaml.dump(policy, file)
        env = {
            "PATH": os.environ["PATH"],
            "TOKENGATE_POLICY": str(self.policy),
            "TOKENGATE_PROXY_KEY": self.minter,
            "RUNNER_TEMP": str(self.policy.parent),
        }
        args = ("--use-case=autonomous-agent", "--max-budget=0.05", "--format=json")
        done = run_cli(env, "mint", *args)
        assert done.code == 0, done.said
        return dict(json.loads(done.out))


@pytest.fixture(scope="module")
def squad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Squad]:
    url, admin_key = address()
    team, folder = f"routing-{uuid.uuid4().hex[:8]}", tmp_path_factory.mktemp("squad")
    minter = minting_key(url, admin_key)
    with httpx.Client(
        base_url=url, headers={"authorization": f"Bearer {admin_key}"}, timeout=30
    ) as http:
        member = {"role": "user", "user_id": "ci-minter"}
        for path, body in (
            ("/team/new", {"team_id": team, "team_alias": team}),
            ("/team/member_add", {"team_id": team, "member": member}),
            (
                "/team/permissions_update",
                {"team_id": team, "team_member_permissions": PERMISSIONS},
            ),
        ):
            http.post(path, json=body).raise_for_status()
        order = {"team_id": team, "models": ["claude-opus"], "max_budget": 5, "duration": "10m"}
        key = http.post("/key/generate", json=order).raise_for_status().json()["key"]
        call = {
            "model": "claude-opus",
            "max_tokens": 99,
            "messages": [{"role": "user", "content": "in=90000 out=2000"}],
        }
        http.post(
            "/v1/messages", json=call, headers={"authorization": f"Bearer {key}"}
        ).raise_for_status()
        made = Squad(team, url, minter, http, folder / ".github" / "tokengate.yml")
        end = time.monotonic() + 30
        while not made.spent():
            assert time.monotonic() < end, "the spend was not counted in time"
            time.sleep(0.5)
        _init(made, folder)
        yield made
        http.post("/team/delete", json={"team_ids": [team]})


def _init(squad: Squad, folder: Path) -> None:
    models = "--model=claude-haiku,claude-sonnet,claude-opus"
    args = ("--yes", f"--proxy-url={squad.url}", f"--team={squad.team}", "--plan=100", models)
    home = Path.cwd()
    os.chdir(folder)
    try:
        done = run_cli(
            {"PATH": os.environ["PATH"]}, "init", *args, "--mode=enforce", "--repository=acme/shop"
        )
    finally:
        os.chdir(home)
    assert done.code == 0, done.said


@pytest.mark.parametrize(
    ("percent", "tier", "served"),
    [
        (40, "green", "claude-opus"),
        (90, "amber", "claude-sonnet"),
        (120, "red", "claude-haiku"),
    ],
)
def test_claude_code_asks_for_opus_and_is_served_and_billed_as_the_tier_says(
    squad: Squad, lab: Lab, percent: int, tier: str, served: str
) -> None:
    minted, models = squad.at(percent), [*PRICES][[*PRICES].index(served) :]
    assert minted["tier"] == tier
    key = JobKey(value=minted["env"]["ANTHROPIC_AUTH_TOKEN"], digest=minted["key_id"])
    done = run(ASKS_FOR_OPUS, key, lab, ONCE, models=models)
    assert done.status == 0, done.said
    assert {call.status for call in done.calls} == {200}
    rows = lab.rows(key, at_least=len(done.calls))
    lab.delete(key)
    assert [(row.model, row.status) for row in rows] == [(served, "success")] * len(done.calls)
    cost_in, cost_out = PRICES[served]
    per_call = (1100 * cost_in + 70 * cost_out) / 1_000_000
    assert {round(row.spend, 10) for row in rows} == {round(per_call, 10)}
