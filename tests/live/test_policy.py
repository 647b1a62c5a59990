"""`init` and `policy check` at a real LiteLLM, plain and hardened: what is written is accepted, and savings are right."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from ci_tokengate.render.money import usd
from tests.live.database import database
from tests.live.environment import PERMISSIONS, address, minting_key
from tests.stage.entries import Done, run_cli
from tests.stage.reading import ROUTES

pytestmark = pytest.mark.live
VARIABLES = ("TOKENGATE_LITELLM_URL", "TOKENGATE_LITELLM_HARDENED_URL")
SONNET = {
    "prompt": Decimal("3e-6"),
    "output": Decimal("15e-6"),
    "read": Decimal("0.3e-6"),
    "write": Decimal("3.75e-6"),
}
"""USD a token, by the proxy's price map."""


@dataclass
class Newcomer:
    """A repository that begins, a team for it, and a key that reads all."""

    url: str
    run: str
    http: httpx.Client
    minter: str
    reader: str
    folder: Path

    @property
    def team(self) -> str:
        return f"advice-{self.run}"

    @property
    def use_case(self) -> str:
        """Of this test alone, so that nobody else's calls are in its sums."""
        return f"review-{self.run}"

    def run_cli(self, *args: str, **env: str) -> Done:
        home = Path.cwd()
        os.chdir(self.folder)
        try:
            return run_cli({"PATH": os.environ["PATH"], "HOME": str(self.folder), **env}, *args)
        finally:
            os.chdir(home)

    def check(self, *args: str) -> Done:
        return self.run_cli("policy", "check", *args, TOKENGATE_READING_KEY=self.reader)

    def call(self, model: str, text: str) -> None:
        """By a job key of the use case that nothing routes: as it was before there was a policy."""
        alias = f"tokengate:acme/shop#1:{uuid.uuid4().int % 10**9}.1:job:{self.use_case}:ab"
        order = {
            "team_id": self.team,
            "key_alias": alias,
            "models": [model],
            "max_budget": 5,
            "duration": "10m",
        }
        key = self.http.post("/key/generate", json=order).raise_for_status().json()["key"]
        body = {"model": model, "max_tokens": 99, "messages": [{"role": "user", "content": text}]}
        self.http.post(
            "/v1/messages", json=body, headers={"authorization": f"Bearer {key}"}
        ).raise_for_status()


@pytest.fixture(params=VARIABLES, ids=["plain", "hardened"])
def newcomer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Newcomer]:
    url, (_, admin_key) = os.environ.get(request.param, "").rstrip("/"), address()
    if not url:
        pytest.skip(f"It needs {request.param}.")
    run, minter = uuid.uuid4().hex[:8], minting_key(url, admin_key)
    headers = {"authorization": f"Bearer {admin_key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as http:
        reader = {"user_id": f"reader-{run}", "user_role": "proxy_admin_viewer"}
        team = f"advice-{run}"
        member = {"role": "user", "user_id": "ci-minter"}
        for path, body in (
            ("/team/new", {"team_id": team, "team_alias": team, "budget_duration": "30d"}),
            ("/team/member_add", {"team_id": team, "member": member}),
            (
                "/team/permissions_update",
                {"team_id": team, "team_member_permissions": PERMISSIONS},
            ),
            ("/user/new", {**reader, "auto_create_key": False}),
        ):
            http.post(path, json=body).raise_for_status()
        order: dict[str, Any] = {
            "user_id": f"reader-{run}",
            "models": ["no-default-models"],
            "allowed_routes": ROUTES,
            "duration": "30m",
            "max_budget": 1,
            "max_parallel_requests": 8,
        }
        made = http.post("/key/generate", json=order).raise_for_status().json()
        yield Newcomer(url, run, http, minter, made["key"], tmp_path)
        http.post("/team/delete", json={"team_ids": [team]})


def _begin(newcomer: Newcomer, admin_key: str) -> None:
    done = newcomer.run_cli(
        *("init", "--yes", f"--proxy-url={newcomer.url}", f"--team={newcomer.team}"),
        *(f"--use-case={newcomer.use_case}", "--plan=500", "--mode=enforce"),
        "--repository=acme/shop",
        TOKENGATE_READING_KEY=newcomer.reader,
    )
    assert done.code == 0, done.said
    assert "fast: claude-haiku, gpt-mini, gemini-flash; middle: claude-sonnet" in done.out
    applied = newcomer.run_cli("budget", "apply", TOKENGATE_ADMIN_KEY=admin_key)
    assert applied.code == 0, applied.said


@pytest.mark.long
def test_what_init_writes_is_accepted_by_policy_check_and_doctor(newcomer: Newcomer) -> None:
    _, admin_key = address()
    _begin(newcomer, admin_key)
    checked = newcomer.check("--strict", "--days", "1", "--format", "json")
    assert checked.code == 0, checked.said
    told = json.loads(checked.out)
    assert {f["level"] for f in told["findings"]} <= {"note"}
    assert (len(told["use_cases"]), told["savings"], told["not_asked"]) == (9, [], [])
    doctor = newcomer.run_cli(
        *("doctor", "--format=json"),
        TOKENGATE_PROXY_KEY=newcomer.minter,
        GITHUB_REPOSITORY="acme/shop",
    )
    found = json.loads(doctor.out)["checks"]
    hardened = newcomer.url == os.environ.get(VARIABLES[1], "").rstrip("/")
    wrong = {c["subject"] for c in found if c["status"] in ("fail", "unknown") and c["change"]}
    assert wrong <= (set() if hardened else {"ceilings"}), found
    assert {"policy", "teams", "models"} <= {c["subject"] for c in found if c["status"] == "ok"}


@pytest.mark.parametrize("newcomer", VARIABLES[:1], indirect=True)
def test_a_saving_is_what_the_log_says_and_what_the_same_tokens_cost_elsewhere(
    newcomer: Newcomer,
) -> None:
    """The second opinion is the plain proxy's database."""
    _, admin_key = address()
    tables = database()
    _begin(newcomer, admin_key)
    for text in ("in=9000 out=300 cr=4000 cw=1000", "in=2000 out=70", "in=100 out=900 cr=50"):
        newcomer.call("claude-opus", text)
    newcomer.call("claude-sonnet", "in=1000 out=100")
    where = (
        f"""FROM "LiteLLM_SpendLogs" WHERE team_id = '{newcomer.team}' """
        "AND model_group = 'claude-opus'"
    )
    end = time.monotonic() + 40
    while int(tables.ask(f"SELECT count(*) {where}")) < 3:
        assert time.monotonic() < end, "the rows did not arrive in time"
        time.sleep(0.5)
    cost = Decimal(tables.ask(f"SELECT sum(spend::text::numeric) {where}"))
    done = newcomer.check("--days", "2", "--format", "json")
    assert done.code == 0, done.said
    [saving] = json.loads(done.out)["savings"]
    assert (saving["model"], saving["instead"]) == ("claude-opus", "claude-sonnet")
    assert (saving["requests"], saving["unpriced_requests"]) == (3, 0)
    assert Decimal(saving["cost_usd"]) == cost
    read, written = 4050, 1000
    plain = 9000 + 2000 + 100  # a provider counts the cache beside them
    would = (
        plain * SONNET["prompt"]
        + read * SONNET["read"]
        + written * SONNET["write"]
        + 1270 * SONNET["output"]
    )
    assert Decimal(saving["would_cost_usd"]) == would
    assert Decimal(saving["saved_usd"]) == cost - would
    text = newcomer.check("--days", "2").out
    assert f"· {newcomer.use_case} spent {usd(cost)} on claude-opus in 2 days" in text
    assert f"re-routing would have saved about {usd(cost - would)} in 2 days." in text
