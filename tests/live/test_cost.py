"""`cost` on a real LiteLLM equals a sum by SQL over its own tables, to the last digit."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import httpx
import pytest

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.site import Site
from ci_tokengate.wiring.proxies import open_proxy
from tests.live.database import Database, database
from tests.live.environment import address, minting_key
from tests.stage.entries import Done, run_cli

pytestmark = pytest.mark.live
MODELS = ["claude-sonnet", "claude-haiku", "gpt-mini", "gpt-codex"]
MANY = 12_000


@dataclass
class Shop:
    """A repository of this test's own, at the real proxy."""

    name: str
    url: str
    minter: str
    http: httpx.Client
    tables: Database

    @property
    def prefix(self) -> str:
        return f"tokengate:{self.name}#"

    def key(self, scope: str, run: str, use_case: str = "review", **changes: Any) -> dict[str, str]:
        alias = f"{self.prefix}{scope}:{run}:job:{use_case}:{uuid.uuid4().hex[:8]}"
        order = {
            "team_id": "payments-squad",
            "user_id": "ci-minter",
            "key_alias": alias,
            "duration": "10m",
            "max_budget": 2,
            "models": MODELS,
            "key_type": "llm_api",
        }
        made = self.call("/key/generate", self.minter, **(order | changes))
        assert made.status_code == 200, made.text
        return dict(made.json())

    def call(self, path: str, key: str, **body: Any) -> httpx.Response:
        return self.http.post(path, json=body, headers={"authorization": f"Bearer {key}"})

    def messages(self, key: str, text: str, model: str, **body: Any) -> int:
        said = [{"role": "user", "content": text}]
        asked = {"model": model, "max_tokens": 99, "messages": said, **body}
        return self.call("/v1/messages", key, **asked).status_code

    def chat(self, key: str, text: str, model: str, **body: Any) -> int:
        said = [{"role": "user", "content": text}]
        return self.call(
            "/v1/chat/completions", key, model=model, messages=said, **body
        ).status_code

    def revoke(self, *keys: dict[str, str]) -> None:
        body = [key["token"] for key in keys]
        assert self.call("/key/delete", self.minter, keys=body).status_code == 200

    def wait_for(self, rows: int) -> None:
        """Until the proxy has written so many."""
        end = time.monotonic() + 40
        while self.tables.count(self.prefix) < rows:
            assert time.monotonic() < end, "the rows did not arrive in time"
            time.sleep(0.5)

    def log_size(self) -> int:
        proxy = open_proxy(Site(kind="litellm", url=self.url), self.minter, Deadline(300))
        return proxy.log_size(self.prefix, since=datetime.now(timezone.utc) - timedelta(days=1))

    def cost(self, *args: str) -> Done:
        env = {
            "PATH": os.environ["PATH"],
            "TOKENGATE_PROXY_URL": self.url,
            "TOKENGATE_PROXY_KEY": self.minter,
            "GITHUB_REPOSITORY": self.name,
        }
        return run_cli(env, "cost", "--format", "json", *args)


@pytest.fixture
def shop() -> Iterator[Shop]:
    tables = database()
    url, admin_key = address()
    name = f"acme/shop_{uuid.uuid4().hex[:8]}"
    with httpx.Client(base_url=url, timeout=60) as http:
        yield Shop(name, url, minting_key(url, admin_key), http, tables)


def test_two_use_cases_three_runs_streams_caches_and_refusals_equal_the_sum_by_sql(
    shop: Shop,
) -> None:
    keys = [
        shop.key("12", "801.1"),
        shop.key("12", "801.2"),
        shop.key("12", "802.1", "triage"),
        shop.key("12", "803.1", max_budget=0.000001),
        shop.key("121", "804.1"),
        shop.key("refs/heads/main", "801.1"),
    ]
    for number, key in enumerate(k["key"] for k in keys):
        texts = [f"in={333 + number} out=17 cr={n * 37} cw={n * 11}" for n in range(3)]
        shop.messages(key, texts[0], "claude-sonnet")
        shop.messages(key, texts[1], "claude-haiku", stream=True)
        shop.chat(key, texts[2], "gpt-mini")
        shop.chat(key, texts[1], "gpt-mini", stream=True, stream_options={"include_usage": True})
        shop.chat(key, texts[2], "claude-sonnet")
        shop.call("/v1/responses", key, model="gpt-codex", input=texts[2])
        shop.messages(key, "status=529", "claude-sonnet")
        shop.messages(key, "hello", "claude-nonesuch")
    shop.wait_for(8 * len(keys))
    shop.revoke(*keys[:5])

    pull = json.loads(shop.cost("--pr", "12").out)
    assert Decimal(pull["total_usd"]) == shop.tables.cost(f"{shop.prefix}12:") > 0
    for part in ("rows", "keys"):
        assert sum(Decimal(item["cost_usd"]) for item in pull[part]) == Decimal(pull["total_usd"])
    for item in pull["keys"]:
        assert Decimal(item["cost_usd"]) == shop.tables.cost(item["alias"])
    assert [(key["run_id"], key["attempt"]) for key in pull["keys"]] == [
        ("801", 1),
        ("801", 2),
        ("802", 1),
        ("803", 1),
    ]
    assert {row["use_case"] for row in pull["rows"]} == {"review", "triage"}
    assert pull["keys"][3]["refused_by_cap"] > 0

    branch = json.loads(shop.cost("--branch", "main").out)
    assert Decimal(branch["total_usd"]) == shop.tables.cost(f"{shop.prefix}refs/heads/main:") > 0
    run = json.loads(shop.cost("--run", "801").out)
    parts = ("12:801.", "refs/heads/main:801.")
    assert Decimal(run["total_usd"]) == sum(shop.tables.cost(shop.prefix + part) for part in parts)


def test_a_figure_settles_by_itself_and_then_stays(shop: Shop) -> None:
    key = shop.key("12", "801.1")
    for _ in range(3):
        shop.messages(key["key"], "in=1234 out=56", "claude-sonnet")
    shop.revoke(key)
    first = json.loads(shop.cost("--pr", "12").out)
    assert first["state"] == "provisional"
    settled = json.loads(shop.cost("--pr", "12", "--wait", "60s").out)
    assert settled["state"] == "settled"
    assert Decimal(settled["total_usd"]) == shop.tables.cost(shop.prefix) == Decimal("0.013626")
    assert settled["requests"] == 3


@pytest.mark.long
def test_more_rows_than_the_proxy_counts_three_at_a_time_equal_the_sum_by_sql(shop: Shop) -> None:
    key = shop.key("12", "801.1")
    shop.messages(key["key"], "in=1000 out=50", "claude-haiku")
    shop.wait_for(1)
    shop.revoke(key)
    shop.tables.multiply(shop.prefix, MANY)
    try:
        done = shop.cost("--pr", "12")
        exact, sizes = shop.tables.cost(shop.prefix), [shop.log_size(), shop.log_size()]
    finally:
        shop.tables.forget(shop.prefix)
    found = json.loads(done.out)
    assert Decimal(found["total_usd"]) == exact
    assert found["requests"] == MANY + 1
    assert MANY + 1 <= sizes[0] == sizes[1]
    assert "10,000 rows read" in done.err


def test_rows_that_were_deleted_are_missed_and_said_so(shop: Shop) -> None:
    key = shop.key("12", "801.1")
    shop.messages(key["key"], "in=1000 out=50", "claude-haiku")
    shop.wait_for(1)
    end = time.monotonic() + 30
    query = f"""SELECT spend FROM "LiteLLM_VerificationToken" WHERE token = '{key["token"]}'"""
    while not float(shop.tables.ask(query)):
        assert time.monotonic() < end
        time.sleep(0.5)
    shop.revoke(key)
    shop.tables.forget(shop.prefix)
    done = shop.cost("--pr", "12", "--wait", "60s")
    found = json.loads(done.out)
    assert (done.code, found["state"], found["total_usd"]) == (3, "unknown", "0")
    assert Decimal(found["lost_usd"]) == Decimal("0.00125")
