"""Seventy days of three teams on a real LiteLLM, from the baseline to the budget at the proxy.

The history is written into the proxy's own table of daily spend by SQL: no API of it writes the past.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live.database import Database, database
from tests.live.environment import address
from tests.stage.entries import Done, run_cli

pytestmark = pytest.mark.live
DAYS = 70
KEYS = 9


@dataclass
class Office:
    """Three teams of this test's own: steady, with a wild day, and five days old."""

    run: str
    url: str
    admin_key: str
    http: httpx.Client
    tables: Database
    folder: Path

    def team(self, kind: str) -> str:
        return f"gov-{self.run}-{kind}"

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.http.post(path, json=body)

    def info(self, kind: str) -> dict[str, Any]:
        found = self.http.get(
            "/team/info", params={"team_id": self.team(kind), "key_limit": 1}
        ).raise_for_status()
        return dict(json.loads(found.text, parse_float=Decimal)["team_info"])

    def history(self, kind: str, spend: dict[date, Decimal]) -> None:
        """Each day in nine rows, as nine keys and two models leave them."""
        rows = ", ".join(
            f"('{self.team(kind)}', '{day}', {k}, {amount / KEYS})"
            for day, amount in spend.items()
            for k in range(KEYS)
        )
        self.tables.ask(f"""
            INSERT INTO "LiteLLM_DailyTeamSpend"
              (id, team_id, date, api_key, model, custom_llm_provider, spend, updated_at)
            SELECT gen_random_uuid()::text, t, d, 'key-' || k, 'm' || k % 2, 'p', s, now()
            FROM (VALUES {rows}) AS v (t, d, k, s)""")

    def run_cli(self, *args: str, **env: str) -> Done:
        policy = self.folder / "policy.yml"
        plans = {"steady": 400, "wild": 900, "young": 50}
        teams = "".join(
            f"  {kind}: {{id: {self.team(kind)}, plan: {plans[kind]}}}\n" for kind in plans
        )
        policy.write_text(
            f"version: 1\nproxy: {{url: '{self.url}'}}\nteams:\n{teams}"
            "use-cases: {review: {models: [claude-sonnet], cap-per-run: 1}}\n",
            encoding="utf-8",
        )
        about = {"PATH": os.environ["PATH"], "TOKENGATE_POLICY": str(policy), **env}
        return run_cli(about, *args)


TODAY = datetime.now(timezone.utc).date()


def _days(amount: int) -> dict[date, Decimal]:
    return {TODAY - timedelta(days=i): Decimal(amount) for i in range(DAYS + 1)}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    url, admin_key = address()
    tables = database()
    headers = {"authorization": f"Bearer {admin_key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as http:
        office = Office(
            uuid.uuid4().hex[:8], url, admin_key, http, tables, tmp_path_factory.mktemp("office")
        )
        for kind in ("steady", "wild", "young"):
            name = office.team(kind)
            office.post(
                "/team/new",
                team_id=name,
                team_alias=name,
                max_budget=200,
                metadata={
                    "cost_center": "cc-7",
                    "nested": {"a": [1]},
                    "tokengate": {"owner": "us"},
                },
            ).raise_for_status()
        office.history("steady", _days(9))
        office.history("wild", _days(9) | {TODAY - timedelta(days=10): Decimal(450)})
        office.history("young", {TODAY - timedelta(days=i): Decimal(18) for i in range(1, 6)})
        yield office


@pytest.fixture(scope="module")
def reading_key(office: Office) -> str:
    """As docs/collect.md makes it."""
    user = f"reader-{office.run}"
    office.post("/user/new", user_id=user, user_role="proxy_admin_viewer", auto_create_key=False)
    made = office.post(
        "/key/generate",
        user_id=user,
        models=["no-default-models"],
        allowed_routes=["/team/daily/activity", "/team/info", "/v2/team/list", "/key/info"],
    )
    made.raise_for_status()
    return str(made.json()["key"])


def test_the_baseline_is_the_proxys_daily_spend_of_sixty_days_with_all_pages(
    office: Office, reading_key: str
) -> None:
    done = office.run_cli(
        "baseline",
        *("--team", "steady", "--team", "wild", "--team", "young", "--format", "json"),
        TOKENGATE_READING_KEY=reading_key,
    )
    assert done.code == 0, done.said
    found = {b["team"]: b for b in json.loads(done.out)}
    steady, wild, young = (found[kind] for kind in ("steady", "wild", "young"))
    total = office.tables.ask(
        f"""SELECT sum(spend::text::numeric) FROM "LiteLLM_DailyTeamSpend"
        WHERE team_id = '{office.team("wild")}' AND date < '{TODAY}'
        AND date >= '{TODAY - timedelta(days=60)}'"""
    )
    assert Decimal(wild["total_usd"]) == Decimal(total) == 9 * 59 + 450
    assert (steady["basis"], steady["monthly_usd"]) == ("full", "270")
    assert (steady["plan_low_usd"], steady["plan_high_usd"]) == ("360", "410")
    assert [o["day"] for o in wild["outliers"]] == [f"{TODAY - timedelta(days=10)}"]
    assert (young["basis"], young["plan_low_usd"]) == ("less than a week", None)


def test_applied_twice_a_budget_is_changed_once_and_others_metadata_survives(
    office: Office, reading_key: str
) -> None:
    said = office.run_cli("budget", "plan", "--check", TOKENGATE_READING_KEY=reading_key)
    assert said.code == 1, said.said
    assert "max_budget                   200 → 600" in said.out
    refused = office.run_cli("budget", "apply", TOKENGATE_READING_KEY=reading_key)
    assert (refused.code, "TOKENGATE_ADMIN_KEY" in refused.err) == (2, True)
    assert office.info("steady")["max_budget"] == 200
    first = office.run_cli("budget", "apply", TOKENGATE_ADMIN_KEY=office.admin_key)
    assert first.code == 0, first.said
    info = office.info("steady")
    assert (info["soft_budget"], info["max_budget"]) == (320, 600)
    assert info["budget_duration"] == "30d"
    assert info["metadata"] == {
        "cost_center": "cc-7",
        "nested": {"a": [1]},
        "tokengate": {"owner": "us", "plan_usd": 400},
    }
    again = office.run_cli("budget", "apply", TOKENGATE_ADMIN_KEY=office.admin_key)
    assert (again.code, again.out) == (0, "✔ Nothing to change.\n")
    assert office.run_cli("budget", "plan", "--check", TOKENGATE_READING_KEY=reading_key).code == 0


def test_an_admin_key_is_in_nothing_that_is_said(office: Office) -> None:
    done = office.run_cli("budget", "apply", TOKENGATE_ADMIN_KEY=f"{office.admin_key}-no")
    assert done.code == 2
    assert office.admin_key not in done.said
    assert "does not accept the admin key" in done.err
