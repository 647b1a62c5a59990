from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from ci_tokengate.core.ledger.entry import Cell, LedgerKey
from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.github import GitHubState, running_github
from ci_tokengate.sandbox.serve import running_sandbox
from ci_tokengate.wiring.ledgers import open_ledger
from tests.commands.collect.reading import everything
from tests.stage.entries import Done
from tests.stage.fixtures import _no_long_pauses, faults  # noqa: F401
from tests.stage.keys import KeySource
from tests.stage.reading import READING_KEY, make_reading_key
from tests.stage.relay import Relay, running_relay
from tests.stage.trust import TRUST
from tests.stage.world import PATH, POLICY, TOKEN, World


@dataclass
class Firm:
    """A sandbox with a reading key, whose clock a test can move; a code host; a ledger's address."""

    world: World
    clock: WallClock
    ledger_url: str
    http: httpx.Client

    def key(self, pull: int, use_case: str = "code-review", team: str = "payments-squad") -> str:
        """A job key, minted as the action does."""
        alias = (
            f"tokengate:acme/shop#{pull}:9001.1:review:{use_case}:{len(self.world.source.keys):08x}"
        )
        about = {"repository": "acme/shop", "pull_request": pull, "cost_center": "ENGG-PAYMENTS"}
        order = {
            "team_id": team,
            "user_id": "ci-minter",
            "key_alias": alias,
            "duration": "30m",
            "max_budget": 2,
            "models": ["claude-sonnet", "claude-haiku"],
            "metadata": {"ci_tokengate": about},
        }
        minter = {"authorization": f"Bearer {self.world.sandbox.minter_key}"}
        made = self.http.post("/key/generate", json=order, headers=minter)
        assert made.status_code == 200, made.text
        return str(made.json()["key"])

    def spend(self, key: str, text: str = "in=1000 out=50 cr=500 cw=300", **body: Any) -> None:
        said = [{"role": "user", "content": text}]
        asked = {"model": "claude-sonnet", "max_tokens": 64, "messages": said} | body
        self.http.post("/v1/messages", json=asked, headers={"authorization": f"Bearer {key}"})

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    def collect(self, *args: str, **env: str) -> Done:
        return self.world.cli(
            "collect",
            *("--since", "3d", "--until", "2100-01-01", *args),
            **{
                "TOKENGATE_READING_KEY": READING_KEY,
                "TOKENGATE_LEDGER_URL": self.ledger_url,
                "TOKENGATE_PROXY_KEY": "",
                "GITHUB_API_URL": self.world.api,
                "GITHUB_TOKEN": TOKEN,
                **env,
            },
        )

    def kept(self) -> list[tuple[Cell, LedgerKey]]:
        with open_ledger(self.ledger_url, create_zone=None) as ledger:
            return everything(ledger)


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    source, github, clock = KeySource(), GitHubState(), WallClock()
    github.files["6dcb09b5b57875f334f61aebed695e2e4193db5e", PATH] = POLICY
    with (
        running_sandbox(flush_every=timedelta(0), random_bytes=source, clock=clock) as sandbox,
        running_github(github) as api,
        httpx.Client(base_url=sandbox.url, timeout=30, verify=TRUST) as http,
    ):
        make_reading_key(sandbox.state)
        world = World(sandbox, source, github, api, tmp_path, url=sandbox.url)
        yield Firm(world, clock, f"sqlite:///{tmp_path}/ledger.db", http)


@pytest.fixture
def relay(firm: Firm) -> Iterator[Relay]:
    """Between `collect` and the sandbox."""
    with running_relay(firm.world.sandbox.url) as relay:
        firm.world.url = relay.url
        yield relay
