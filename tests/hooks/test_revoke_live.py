"""revoke.mjs against a real LiteLLM with the teams of the lab (payments-squad, user ci-minter)."""

from __future__ import annotations

import os
import uuid
from typing import Any

import httpx
import pytest

from tests.hooks.test_revoke import revoke

pytestmark = pytest.mark.live

URL = os.environ.get("TOKENGATE_LITELLM_URL", "")
ADMIN = os.environ.get("TOKENGATE_LITELLM_ADMIN_KEY", "")
MINTER = os.environ.get("TOKENGATE_LITELLM_MINTING_KEY", ADMIN)


@pytest.fixture
def alias() -> str:
    return f"tokengate:org/app#2:77.1:review:live:{uuid.uuid4().hex[:8]}"


def mint(alias: str) -> httpx.Response:
    body = {
        "team_id": "payments-squad",
        "user_id": "ci-minter",
        "key_alias": alias,
        "duration": "5m",
        "max_budget": 0.01,
        "models": ["claude-sonnet"],
        "key_type": "llm_api",
    }
    headers = {"authorization": f"Bearer {MINTER}"}
    return httpx.post(f"{URL}/key/generate", json=body, headers=headers, timeout=20)


def status(key_id: str) -> str:
    headers = {"authorization": f"Bearer {ADMIN}"}
    info = httpx.get(f"{URL}/key/info", params={"key": key_id}, headers=headers, timeout=20)
    found: dict[str, Any] = info.json()["info"]
    return str(found["status"])


def revoked(alias: str, key_id: str = "") -> tuple[int, str]:
    state = {"STATE_team-id": "payments-squad", "STATE_user-id": "ci-minter", "STATE_alias": alias}
    return revoke(URL, key_id=key_id, **state, **{"INPUT_PROXY-KEY": MINTER})


def test_by_hash_and_again(alias: str) -> None:
    key_id = mint(alias).json()["token"]
    assert revoked(alias, key_id) == (0, "")
    assert status(key_id) == "deleted"
    assert revoked(alias, key_id) == (0, "")


def test_by_alias(alias: str) -> None:
    key_id = mint(alias).json()["token"]
    assert revoked(alias) == (0, "")
    assert status(key_id) == "deleted"


def test_a_mint_after_the_tombstone_is_refused(alias: str) -> None:
    assert revoked(alias) == (0, "")
    late = mint(alias)
    assert late.status_code == 400
    assert "already exists" in late.text
    headers = {"authorization": f"Bearer {MINTER}"}
    httpx.post(f"{URL}/key/delete", json={"key_aliases": [alias]}, headers=headers, timeout=20)
