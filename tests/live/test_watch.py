"""`watch` on a real LiteLLM: a day of three times the usual, and a steady team.

Both are written into the proxy's own tables by SQL, as calls of the past would have left them: its
daily spend by team (`LiteLLM_DailyTeamSpend`, which `watch` measures by) and its log
(`LiteLLM_SpendLogs`, of which it says what the day is made of). No API of it writes the past. The
tier of a third team comes from calls that are really made.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from ci_tokengate.core.governance.spike import Reading, SpikeRule, read_day
from tests.live.database import Database, database
from tests.live.environment import address
from tests.stage.entries import Done, run_cli

pytestmark = pytest.mark.live
KINDS = ("dear", "steady", "tier")


@dataclass
class Office:
    """Teams of this test's own."""

    run: str
    url: str
    http: httpx.Client
    tables: Database
    folder: Path
    reading_key: str = ""
    calls: list[tuple[str, datetime, str]] = field(default_factory=list)

    def team(self, kind: str) -> str:
        return f"watch-{self.run}-{kind}"

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.http.post(path, json=body)

    def call(self, kind: str, at: datetime, usd: str, alias: str, model: str = "m1") -> None:
        """A row of the log, and the same in the daily sums."""
        self.calls.append((kind, at, usd))
        ident = uuid.uuid4().hex
        about = json.dumps({"user_api_key_alias": alias, "user_api_key_team_id": self.team(kind)})
        self.tables.ask(f"""
            INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, spend, total_tokens,
              prompt_tokens, completion_tokens, "startTime", "endTime", model, model_group, metadata,
              team_id, status)
            VALUES ('{ident}', 'anthropic_messages', 'key-{alias}', {usd}, 110, 100, 10,
              '{at:%Y-%m-%d %H:%M:%S}', '{at:%Y-%m-%d %H:%M:%S}', 'p/{model}', '{model}', '{about}',
              '{self.team(kind)}', 'success');
            INSERT INTO "LiteLLM_DailyTeamSpend"
              (id, team_id, date, api_key, model, custom_llm_provider, spend, updated_at)
            VALUES ('{ident}', '{self.team(kind)}', '{at:%Y-%m-%d}', 'key-{ident}', '{model}', 'p', {usd}, now())""")

    def watch(self, *args: str, zone: str = "UTC", **env: str) -> Done:
        policy = self.folder / "policy.yml"
        teams = "".join(f"  {kind}: {{id: {self.team(kind)}, plan: 1000}}\n" for kind in KINDS)
        policy.write_text(
            f"version: 1\nproxy: {{url: '{self.url}'}}\nzone: {zone}\nteams:\n{teams}"
            "use-cases: {review: {models: [claude-sonnet], cap-per-run: 1}}\n",
            encoding="utf-8",
        )
        about = {"PATH": os.environ["PATH"], "TOKENGATE_POLICY": str(policy)}
        about["TOKENGATE_READING_KEY"] = self.reading_key
        only = [arg for kind in KINDS for arg in ("--team", kind)]
        return run_cli({**about, **env}, "watch", "--now", *only, *args)

    def seen(self, zone: str = "UTC") -> dict[str, dict[str, Any]]:
        done = self.watch("--format", "json", zone=zone)
        assert done.code == 0, done.said
        return {team["team"]: team for team in json.loads(done.out)["teams"]}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    url, admin_key = address()
    tables = database()
    headers = {"authorization": f"Bearer {admin_key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as http:
        office = Office(uuid.uuid4().hex[:8], url, http, tables, tmp_path_factory.mktemp("office"))
        for kind in KINDS:
            name = office.team(kind)
            office.post("/team/new", team_id=name, team_alias=name).raise_for_status()
        now = datetime.now(timezone.utc).replace(microsecond=0)
        for back in range(1, 11):
            at = now.replace(hour=9, minute=0, second=0) - timedelta(days=back)
            for kind in ("dear", "steady"):
                alias = f"tokengate:acme/shop#{back}:{back}.1:review:code-review:{back:08x}"
                office.call(kind, at, "12.5", alias)
        midnight = now.replace(hour=0, minute=0, second=0)
        for n in range(3):
            alias = f"tokengate:acme/shop#7:900{n}.1:refactor:code-review:{n:08x}"
            office.call("dear", midnight + timedelta(seconds=n), "12.5", alias, "m2")
        office.call("steady", midnight, "12.5", "a key of their own")
        user = f"reader-{office.run}"
        office.post(
            "/user/new", user_id=user, user_role="proxy_admin_viewer", auto_create_key=False
        )
        made = office.post(
            "/key/generate",
            user_id=user,
            models=["no-default-models"],
            allowed_routes=[
                *("/spend/logs/v2", "/team/daily/activity", "/team/info"),
                *("/v2/team/list", "/key/info", "/key/list"),
            ],
        )
        made.raise_for_status()
        office.reading_key = str(made.json()["key"])
        yield office
        for table in ("LiteLLM_SpendLogs", "LiteLLM_DailyTeamSpend"):
            tables.ask(f"""DELETE FROM "{table}" WHERE team_id LIKE 'watch-{office.run}-%'""")
        office.post("/team/delete", team_ids=[office.team(kind) for kind in KINDS])


def test_it_fires_on_a_day_of_three_times_the_usual_and_not_on_a_steady_one(
    office: Office,
) -> None:
    found = office.seen()
    dear, steady = found["dear"], found["steady"]
    assert (dear["today_usd"], dear["mean_usd"], dear["times"]) == ("37.5", "12.5", "3")
    assert (dear["reading"], dear["spike"]) == ("spike", True)
    assert (steady["today_usd"], steady["reading"], steady["spike"]) == ("12.5", "usual", False)


def test_the_real_log_says_what_the_day_is_made_of(office: Office) -> None:
    dear = office.seen()["dear"]
    assert dear["cause"]["kind"] == "new-job"
    assert dear["cause"]["text"].startswith("Likely a new job: refactor of acme/shop was not seen")
    made = dear["breakdown"]
    assert made["covered_usd"] == made["from_ci_usd"] == "37.5"
    assert made["models"] == [{"name": "m2", "cost_usd": "37.5", "calls": 3}]
    assert [p["name"] for p in made["pull_requests"]] == ["acme/shop#7"]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Asia/Kolkata"])
@pytest.mark.parametrize("kind", ["dear", "steady"])
def test_days_of_another_zone_are_told_apart_by_the_real_log(
    office: Office, zone: str, kind: str
) -> None:
    """As if every call had been looked at, whatever the hour of this test is in that zone."""
    here = ZoneInfo(zone)
    spend: dict[date, Decimal] = {}
    for who, at, usd in office.calls:
        day = at.astimezone(here).date()
        spend[day] = spend.get(day, Decimal(0)) + Decimal(usd) * (who == kind)
    today = datetime.now(here).date()
    wanted = read_day(kind, spend, day=today, rule=SpikeRule())
    found = office.seen(zone)[kind]
    assert found["spike"] == (wanted.reading is Reading.SPIKE)
    if found["exact"]:
        assert (Decimal(found["today_usd"]), found["reading"]) == (
            wanted.today,
            wanted.reading.name.lower().replace("_", "-"),
        )


def test_a_tier_comes_from_what_the_proxy_says_was_spent(office: Office) -> None:
    team = office.team("tier")
    office.tables.ask(f"""UPDATE "LiteLLM_TeamTable" SET spend = 900 WHERE team_id = '{team}'""")
    done = office.watch("--format", "json")
    alerts = json.loads(done.out)["alerts"]
    [tier] = [a for a in alerts if a["team_id"] == team]
    assert (tier["tier"], tier["spend_usd"], tier["plan_usd"]) == ("amber", "900", "1000")


def test_the_reading_key_is_in_nothing_that_is_said(office: Office) -> None:
    done = office.watch()
    assert done.code == 0, done.said
    assert office.reading_key not in done.said
