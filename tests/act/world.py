"""A proxy, a GitHub and a workflow, for tests of the whole action under act."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx

from ci_tokengate.core.alias import PREFIX
from ci_tokengate.sandbox.github import GitHubState, running_github
from ci_tokengate.sandbox.serve import Sandbox, running_sandbox
from tests.act.harness import PAYLOADS, Act, Run, Running
from tests.stage.trust import TRUST

REPOSITORY = "Codertocat/Hello-World"
ORIGIN = f"https://github.com/{REPOSITORY}.git"
POLICY_PATH = ".github/tokengate.yml"

POLICY = """\
version: 1
defaults: {team: payments-squad, use-case: code-review}
teams:
  payments-squad: {plan: 100000}
  search-squad: {plan: 0.000001}
use-cases:
  code-review: {models: [claude-sonnet], cap-per-run: 2.00, ttl: 10m}
  routed: {models: [claude-haiku], cap-per-run: 2.00, route: {claude-sonnet: claude-haiku}}
  embeddings-test: {models: [gpt-mini], cap-per-run: 0.20, agentic: false}
"""

AGENT = """\
import json, os, sys, urllib.request
path, body = sys.argv[1], json.loads(sys.argv[2])
base = os.environ["ANTHROPIC_BASE_URL"]
request = urllib.request.Request(base + path, json.dumps(body).encode(), {
    "content-type": "application/json", "authorization": "Bearer " + os.environ["ANTHROPIC_AUTH_TOKEN"]})
try:
    with urllib.request.urlopen(request) as answer:
        print("status", answer.status, len(answer.read()) > 0)
except urllib.error.HTTPError as refusal:
    print("status", refusal.code, refusal.read().decode()[:300])
"""
"""What stands for an agent: one call with what the environment says. Prints the status."""


@dataclass(frozen=True)
class World:
    """One proxy and one GitHub. `sandbox` is set where the proxy is ours."""

    url: str
    admin_key: str
    minter_key: str
    api: str
    github: GitHubState
    sandbox: Sandbox | None = None
    keys: list[str] = field(default_factory=list)

    def get(self, path: str, **params: str) -> Any:
        answer = httpx.get(
            self.url + path,
            params=params,
            headers={"authorization": f"Bearer {self.admin_key}"},
            timeout=30,
            verify=TRUST,
        )
        return answer.json()

    def live_aliases(self, run_id: str) -> list[str]:
        """Aliases of the run's keys that are there and could spend."""
        found = self.get(
            "/key/list",
            key_alias=PREFIX,
            substring_matching="true",
            return_full_object="true",
            size="100",
            sort_by="created_at",
            sort_order="desc",
        )
        return [
            k["key_alias"]
            for k in found["keys"]
            if f":{run_id}." in k["key_alias"] and k["max_budget"] > 0
        ]

    def status_of(self, key: str) -> int:
        """What the proxy answers to a call with this job key."""
        return self.call(key).status_code

    def call(self, key: str) -> httpx.Response:
        body = {
            "model": "claude-sonnet",
            "max_tokens": 5,
            "messages": [{"role": "user", "content": "hi"}],
        }
        headers = {"authorization": f"Bearer {key}"}
        return httpx.post(
            f"{self.url}/v1/messages", json=body, headers=headers, timeout=30, verify=TRUST
        )

    def rows(self, key_id: str, at_least: int, seconds: float = 20) -> list[dict[str, Any]]:
        """The key's log rows, once there are as many as are waited for."""
        end = time.monotonic() + seconds
        while True:
            if self.sandbox:
                self.sandbox.flush()
            found: list[dict[str, Any]] = self.get(
                "/spend/logs/v2",
                api_key=key_id,
                start_date="2020-01-01",
                end_date="2099-01-01",
                page_size="100",
            )["data"]
            if len(found) >= at_least or time.monotonic() > end:
                return found
            time.sleep(0.2)

    def policy(self, text: str, payload: str = "pull_request.opened") -> None:
        """At the base of the payload's pull request, which GitHub then has, too."""
        pull = pull_of(payload)
        with self.github.lock:
            self.github.files[(pull["base"]["sha"], POLICY_PATH)] = text
            self.github.pulls[pull["number"]] = pull

    def pull(self, number: int, payload: str = "pull_request.opened") -> dict[str, Any]:
        """A pull request of this number, and the payload of an event of it."""
        body: dict[str, Any] = json.loads((PAYLOADS / f"{payload}.json").read_text())
        body["number"] = body["pull_request"]["number"] = number
        with self.github.lock:
            self.github.pulls[number] = body["pull_request"]
        return body

    def a_minute_later(self) -> None:
        """On the sandbox, what has happened so far is moved into the past; on a real proxy nothing is."""
        if not self.sandbox:
            return
        self.sandbox.flush()
        state, minute = self.sandbox.state, timedelta(minutes=1)
        with state.lock:
            for key in state.deleted.values():
                key.deleted_at = (key.deleted_at or state.now()) - minute
                key.created -= minute
            state.rows[:] = [replace(row, start=row.start - minute) for row in state.rows]

    def mint(self, body: Mapping[str, Any]) -> str:
        """A key by the minting key, without our product; its value."""
        headers = {"authorization": f"Bearer {self.minter_key}"}
        answer = httpx.post(
            f"{self.url}/key/generate", json=body, headers=headers, timeout=30, verify=TRUST
        )
        key: str = answer.raise_for_status().json()["key"]
        return key

    def total(self, prefix: str) -> Decimal:
        """USD of all rows of keys with this alias prefix, read as the admin, without our product."""
        found: dict[str, Any] = self.get(
            "/spend/logs/v2",
            key_alias=prefix,
            start_date="2020-01-01",
            end_date="2099-01-01",
            page_size="1000",
        )
        aliased = [
            r for r in found["data"] if r["metadata"]["user_api_key_alias"].startswith(prefix)
        ]
        return sum((Decimal(str(row["spend"])) for row in aliased), Decimal(0))

    def start(
        self,
        act: Act,
        workflow: str,
        *,
        payload: str | Mapping[str, Any] = "pull_request.opened",
        event: str = "pull_request",
        run_id: str = "777",
        attempt: int = 1,
        url: str = "",
        files: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Running:
        return act.start(
            workflow,
            event=event,
            payload=payload,
            origin=ORIGIN,
            secrets={
                "MINTER": self.minter_key,
                "GITHUB_TOKEN": "ghs_canary0123456789",
                **(secrets or {}),
            },
            variables={"PROXY": url or self.url, **(variables or {})},
            env={
                "GITHUB_API_URL": self.api,
                "GITHUB_RUN_ID": run_id,
                "GITHUB_RUN_ATTEMPT": str(attempt),
                "KEPT": str(act.folder / "kept"),
            },
            files={"agent.py": AGENT, **(files or {})},
            **more,
        )

    def run(self, act: Act, workflow: str, **options: Any) -> Run:
        return self.start(act, workflow, **options).finish(90)


def pull_of(payload: str) -> dict[str, Any]:
    body = json.loads((PAYLOADS / f"{payload}.json").read_text())
    found: dict[str, Any] = body["pull_request"]
    return found


def workflow(*later: str, on: str = "pull_request", **inputs: str) -> str:
    """A job that runs the action with these inputs, then `later`, each a step in YAML's flow style."""
    given = {
        "proxy-url": "${{ vars.PROXY }}",
        "proxy-key": "${{ secrets.MINTER }}",
        "github-token": "${{ secrets.GITHUB_TOKEN }}",
        **{name.replace("_", "-"): value for name, value in inputs.items()},
    }
    lines = "".join(f"\n          {name}: '{value}'" for name, value in given.items())
    steps = "".join(f"\n      - {step}" for step in later)
    return f"""
on: {on}
jobs:
  review:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: org/ci-tokengate@v1
        id: gate
        with:{lines}{steps}
"""


def call(step: str, path: str, **body: Any) -> str:
    """A step that stands for an agent's call."""
    text = json.dumps(body).replace("'", "")
    return f"{{id: {step}, run: \"python3 agent.py {path} '{_quoted(text)}'\"}}"


def message(content: str, **more: Any) -> dict[str, Any]:
    return {
        "model": "claude-sonnet",
        "max_tokens": 50,
        "messages": [{"role": "user", "content": content}],
        **more,
    }


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


@contextmanager
def sandbox_world(
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Iterator[World]:
    github = GitHubState()
    with (
        running_sandbox(flush_every=timedelta(seconds=0.3), random_bytes=random_bytes) as sandbox,
        running_github(github) as api,
    ):
        with sandbox.state.lock:
            team = sandbox.state.teams["search-squad"]
            team.spend = team.counted = type(team.spend)("312.40")
        world = World(sandbox.url, sandbox.admin_key, sandbox.minter_key, api, github, sandbox)
        world.policy(POLICY)
        yield world


@contextmanager
def live_world(url: str, admin_key: str, seed: Callable[[], str]) -> Iterator[World]:
    github = GitHubState()
    with running_github(github) as api:
        world = World(url, admin_key, seed(), api, github)
        world.policy(POLICY)
        yield world
