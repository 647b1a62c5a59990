"""A sandbox, a GitHub double with a policy at the base commit, and jobs in front of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from ci_tokengate.sandbox.github import GitHubState, running_github
from ci_tokengate.sandbox.serve import Sandbox, running_sandbox
from ci_tokengate.sandbox.state import Key
from tests.stage.entries import Done, Job, run_cli
from tests.stage.keys import KeySource

BASE = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
HEAD = "aa218f56b14c9653891f9e74264a383fa43fefbd"
PATH = ".github/tokengate.yml"
TOKEN = "ghs_CanaryOfTheGitHubToken0001"
POLICY = """\
version: 1
defaults: {team: payments-squad, use-case: code-review}
teams:
  payments-squad: {plan: 800}
  search-squad: {plan: 200}
  platform: {}
  ghosts: {id: no-such-team}
use-cases:
  code-review: {models: [claude-sonnet], cap-per-run: 2.00, cap-per-pr: 10.00, ttl: 30m}
  no-such-model: {models: [claude-nonesuch], cap-per-run: 1.00}
  embeddings: {agentic: false, models: [gpt-mini], cap-per-run: 0.20}
"""


def pull_request_event(**changes: Any) -> dict[str, Any]:
    """As GitHub's payload, as far as it is read."""
    pull = {
        "number": 42,
        "head": {"ref": "faster", "sha": HEAD, "repo": {"full_name": "acme/shop"}},
        "base": {"ref": "main", "sha": BASE, "repo": {"full_name": "acme/shop"}},
        **changes,
    }
    return {"pull_request": pull, "repository": {"default_branch": "main"}}


@dataclass
class World:
    """`url` is what jobs are told of the proxy: the sandbox, or a relay before it."""

    sandbox: Sandbox
    source: KeySource
    github: GitHubState
    api: str
    folder: Path
    url: str = ""
    jobs: list[Job] = field(default_factory=list)

    @property
    def live(self) -> list[Key]:
        """Job keys that exist at the proxy and could still spend."""
        with self.sandbox.state.lock:
            keys = list(self.sandbox.state.keys.values())
        return [k for k in keys if k.alias != "ci-minter" and k.max_budget != 0]

    @property
    def minted(self) -> int:
        """How many job keys there have ever been; a tombstone is none."""
        with self.sandbox.state.lock:
            gone = [k for k in self.sandbox.state.deleted.values() if k.max_budget != 0]
        return len(self.live) + len(gone)

    def spend(self, team: str, usd: str) -> None:
        with self.sandbox.state.lock:
            found = self.sandbox.state.teams[team]
            found.spend = found.counted = Decimal(usd)

    def job(self, event: Any = None, *, name: str = "pull_request", **env: str) -> Job:
        job = Job(
            self.folder / f"job{len(self.jobs)}",
            pull_request_event() if event is None else event,
            {
                "GITHUB_API_URL": self.api,
                "GITHUB_EVENT_NAME": name,
                "INPUT_PROXY-URL": self.url,
                "INPUT_PROXY-KEY": self.sandbox.minter_key,
                "INPUT_GITHUB-TOKEN": TOKEN,
                **env,
            },
        )
        self.jobs.append(job)
        return job

    def cli(self, *args: str, **env: str) -> Done:
        """On a laptop, with the policy on the disk."""
        policy = self.folder / "policy.yml"
        if not policy.exists():
            policy.write_text(POLICY, encoding="utf-8")
        return run_cli(
            {
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.folder),
                "RUNNER_TEMP": str(self.folder),
                "TOKENGATE_POLICY": str(policy),
                "TOKENGATE_PROXY_URL": self.url,
                "TOKENGATE_PROXY_KEY": self.sandbox.minter_key,
                **env,
            },
            *args,
        )


@contextmanager
def proxy_and_host() -> Iterator[tuple[Sandbox, KeySource, GitHubState, str]]:
    source, github = KeySource(), GitHubState()
    with (
        running_sandbox(flush_every=timedelta(0), random_bytes=source) as sandbox,
        running_github(github) as api,
    ):
        yield sandbox, source, github, api


def reset(sandbox: Sandbox, github: GitHubState) -> None:
    """As on the first day: starting anew for each test would take longer than the tests."""
    state = sandbox.state
    with state.lock:
        state.database_up = True
        state.flush()
        for table in (state.teams, state.users, state.keys, state.deleted):
            table.clear()
        state.rows.clear()
        state.seen.clear()
    sandbox.seed()
    github.reset()
    github.files[(BASE, PATH)] = POLICY
