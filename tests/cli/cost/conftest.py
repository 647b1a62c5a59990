from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import httpx
import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.sandbox.state import Key
from tests.stage.fixtures import _no_long_pauses, backstage, world
from tests.stage.trust import TRUST
from tests.stage.world import World

__all__ = ["_no_long_pauses", "backstage", "world"]

Mint = Callable[..., Key]


@pytest.fixture
def mint(world: World) -> Iterator[Mint]:
    """A job key of `alias` that has made `calls`, and was revoked `ended` seconds ago (None: it lives)."""

    def minted(alias: str, *calls: str, ended: float | None = 60, model: str = "gpt-mini") -> Key:
        minter = {"authorization": f"Bearer {world.sandbox.minter_key}"}
        order = {
            "team_id": "payments-squad",
            "key_alias": alias,
            "duration": "30m",
            "max_budget": 2,
            "models": [model],
        }
        made = client.post("/key/generate", json=order, headers=minter).json()
        for text in calls:
            body = {"model": model, "messages": [{"role": "user", "content": text}]}
            job = {"authorization": f"Bearer {made['key']}"}
            assert client.post("/v1/chat/completions", json=body, headers=job).status_code == 200
        state = world.sandbox.state
        with state.lock:
            state.flush()
        if ended is None:
            return state.keys[made["token"]]
        client.post("/key/delete", json={"keys": [made["token"]]}, headers=minter)
        _age(world, made["token"], timedelta(seconds=ended))
        return state.deleted[made["token"]]

    with httpx.Client(base_url=world.sandbox.url, timeout=10, verify=TRUST) as client:
        yield minted


def _age(world: World, token: str, by: timedelta) -> None:
    """As if the key, and all that it did, were so much older."""
    state = world.sandbox.state
    with state.lock:
        key = state.deleted[token]
        key.created -= by
        key.deleted_at = datetime.now(timezone.utc) - by
        rows = [row for row in state.rows if row.token == token]
        for row in rows:
            object.__setattr__(row, "start", row.start - by)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Sleeping passes the time of the product's clock, and no other."""
    pauses: list[float] = []

    def now(clock: SystemClock) -> datetime:
        return datetime.now(timezone.utc) + timedelta(seconds=sum(pauses))

    monkeypatch.setattr(SystemClock, "now", now)
    monkeypatch.setattr(SystemClock, "sleep", lambda clock, seconds: pauses.append(seconds))
    return pauses
