"""`doctor` on a real LiteLLM: plain, and with the README's ceilings."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx
import pytest

from tests.live.environment import address, minting_key
from tests.stage.entries import Done, run_cli

pytestmark = pytest.mark.live
POLICY = """\
version: 1
defaults: {team: payments-squad, use-case: code-review}
teams: {payments-squad: {plan: 800}, search-squad: {plan: 200}}
use-cases:
  code-review: {models: [claude-sonnet, gpt-mini, gemini-flash], cap-per-run: 2.00, ttl: 30m}
"""


def _doctor(folder: Path, url: str, key: str, *args: str) -> Done:
    (folder / "policy.yml").write_text(POLICY, encoding="utf-8")
    return run_cli(
        {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TOKENGATE_POLICY": str(folder / "policy.yml"),
            "TOKENGATE_PROXY_URL": url,
            "TOKENGATE_PROXY_KEY": key,
        },
        "doctor",
        "--format=json",
        *args,
    )


def _by_subject(done: Done) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for check in json.loads(done.out)["checks"]:
        found.setdefault(check["subject"], []).append(check["status"])
    return found


def _trial_keys(url: str, admin_key: str) -> int:
    query = {"key_alias": "#doctor:", "substring_matching": "true", "size": "1"}
    headers = {"authorization": f"Bearer {admin_key}"}
    answer = httpx.get(f"{url}/key/list", params=query, headers=headers)
    return int(answer.json()["total_count"])


def test_a_proxy_without_ceilings_is_told_so_and_no_key_is_left(tmp_path: Path) -> None:
    url, admin_key = address()
    done = _doctor(tmp_path, url, minting_key(url, admin_key))
    found = _by_subject(done)
    assert done.code == 1
    assert found["proxy"] == ["ok"]
    assert found["credential"] == ["ok"]
    assert found["ceilings"] == ["fail"] * 5 + ["warn"]
    assert found["teams"] == ["ok", "warn"]
    assert found["claude-code"] == found["codex"] == found["gemini"] == ["ok"]
    assert _trial_keys(url, admin_key) == 0


def test_every_wired_environment_makes_a_real_call(tmp_path: Path) -> None:
    url, admin_key = address()
    done = _doctor(tmp_path, url, minting_key(url, admin_key), "--call", "--timeout=180")
    arrived = [c for c in json.loads(done.out)["checks"] if "arrived" in c["sentence"]]
    assert len(arrived) == 12
    assert "(claude-sonnet, $0.0" in next(
        c["sentence"] for c in arrived if c["subject"] == "claude-code"
    )
    assert _trial_keys(url, admin_key) == 0


def test_the_ceilings_of_the_readme_are_recognised(tmp_path: Path) -> None:
    _, admin_key = address()
    url = os.environ.get("TOKENGATE_LITELLM_HARDENED_URL", "")
    if not url:
        pytest.skip("TOKENGATE_LITELLM_HARDENED_URL is not given")
    done = _doctor(tmp_path, url, minting_key(url, admin_key))
    found = _by_subject(done)
    assert done.code == 0
    assert found["ceilings"] == ["ok"]
    assert found["credential"] == [
        "ok",
        "warn",
    ]  # minted under the ceiling, it ends within the hour
    assert _trial_keys(url, admin_key) == 0


def test_an_admin_key_is_recognised(tmp_path: Path) -> None:
    url, admin_key = address()
    done = _doctor(tmp_path, url, admin_key)
    assert done.code == 1
    assert _by_subject(done)["credential"] == ["fail"]
    assert admin_key not in done.said
