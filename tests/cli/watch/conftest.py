from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.github import GitHubState, running_github
from ci_tokengate.sandbox.serve import Sandbox, running_sandbox
from tests.cli.report.slack_double import Slack, running_slack
from tests.cli.watch.receiver import SECRET, Receiver, running_receiver
from tests.stage.days import reader, spend, week
from tests.stage.entries import Done, run_cli
from tests.stage.fixtures import _no_long_pauses
from tests.stage.keys import KeySource
from tests.stage.reading import READING_KEY
from tests.stage.world import reset

__all__ = ["_no_long_pauses"]
NOW = datetime(2026, 11, 28, 16, 30, tzinfo=timezone.utc)
TOKEN = "ghs_CanaryOfTheWatchersToken01"
POLICY = """\
version: 1
teams:
  payments-squad: {plan: 800}
  search-squad: {plan: 200}
  platform: {}
use-cases:
  code-review: {models: [claude-sonnet], cap-per-run: 2.00}
"""


@dataclass
class Scene:
    """A proxy, a code host, Slack and a webhook, all at one time that a test can move."""

    sandbox: Sandbox
    github: GitHubState
    slack: Slack
    receiver: Receiver
    clock: WallClock
    folder: Path
    api: str
    extra: dict[str, str] = field(default_factory=dict)

    def policy(self, text: str = POLICY) -> None:
        (self.folder / "policy.yml").write_text(text, encoding="utf-8")

    def later(self, **by: float) -> datetime:
        self.clock.advance(timedelta(**by))
        return self.clock()

    def watch(self, *args: str, **env: str) -> Done:
        about = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "TOKENGATE_POLICY": str(self.folder / "policy.yml"),
            "TOKENGATE_PROXY_URL": self.sandbox.url,
            "TOKENGATE_READING_KEY": READING_KEY,
            "TOKENGATE_SLACK_WEBHOOK": self.slack.url,
            "TOKENGATE_WEBHOOK_URL": self.receiver.url,
            "TOKENGATE_WEBHOOK_SECRET": SECRET,
            "GITHUB_API_URL": self.api,
            "GITHUB_REPOSITORY": "acme/finops",
            "GITHUB_TOKEN": TOKEN,
        }
        return run_cli({**about, **self.extra, **env}, "watch", *args)

    def seen(self, *args: str, **env: str) -> dict[str, Any]:
        """As JSON, without a failure."""
        done = self.watch("--format", "json", *args, **env)
        assert done.code == 0, done.said
        return dict(json.loads(done.out))

    def team(self, name: str, *args: str) -> dict[str, Any]:
        [found] = [t for t in self.seen(*args)["teams"] if t["team"] == name]
        return dict(found)

    def issues(self) -> list[dict[str, Any]]:
        return [*self.github.issues.values()]


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Sandbox, GitHubState, str, Slack, Receiver, WallClock]]:
    clock, github = WallClock(), GitHubState()
    with (
        running_sandbox(flush_every=timedelta(0), random_bytes=KeySource(), clock=clock) as sandbox,
        running_github(github) as api,
        running_slack() as slack,
        running_receiver() as receiver,
    ):
        yield sandbox, github, api, slack, receiver, clock


@pytest.fixture
def scene(
    stage: tuple[Sandbox, GitHubState, str, Slack, Receiver, WallClock],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Scene:
    """28 November 2026, 16:30 UTC. The product's clock is the proxy's."""
    sandbox, github, api, slack, receiver, clock = stage
    clock.advance(NOW - clock())
    reset(sandbox, github)
    github.repository = "acme/finops"
    reader(sandbox)
    for told in (slack.answers, slack.messages, receiver.answers, receiver.taken):
        told.clear()
    monkeypatch.setattr(SystemClock, "now", lambda _: clock())
    receiver.now = clock
    found = Scene(sandbox, github, slack, receiver, clock, tmp_path, api)
    found.policy()
    return found


@pytest.fixture
def spiking(scene: Scene) -> Scene:
    """payments-squad spends five times its usual $10; search-squad its usual $5."""
    week(scene.sandbox, "payments-squad", NOW, "10")
    week(scene.sandbox, "search-squad", NOW, "5")
    at = NOW.replace(hour=10)
    for n in range(5):
        name = f"tokengate:acme/shop#7:{9100 + n}.1:review:code-review:{n:08x}"
        spend(scene.sandbox, "payments-squad", at + timedelta(minutes=n), "10", name=name)
    spend(scene.sandbox, "search-squad", at, "5", name="")
    return scene
