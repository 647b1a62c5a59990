"""--revoke-found, on the sandbox: a key of this proxy that lies in a file is ended."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.act.world import POLICY, World, sandbox_world
from tests.cli.test_scan_fix import terminal

PROGRAM = Path(sys.executable).with_name("ci-tokengate")


@pytest.fixture
def world() -> Iterator[World]:
    """Its keys are the same in each run: chance would one day write one that looks like no key."""
    with sandbox_world(random.Random(1).randbytes) as made:
        yield made


def run(
    cwd: Path, world: World, *args: str, stdin: int = subprocess.DEVNULL
) -> subprocess.CompletedProcess[str]:
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "TOKENGATE_PROXY_URL": world.url,
        "TOKENGATE_PROXY_KEY": world.minter_key,
    }
    return subprocess.run(
        [PROGRAM, *args], cwd=cwd, env=env, capture_output=True, text=True, stdin=stdin
    )


def minted(folder: Path, world: World) -> str:
    (folder / "policy.yml").write_text(POLICY)
    told = run(folder, world, "mint", "--policy", "policy.yml", "--format", "json")
    key: str = json.loads(told.stdout)["key"]
    return key


def test_a_key_of_the_proxy_is_revoked_and_a_stranger_is_named_as_such(
    tmp_path: Path, world: World
) -> None:
    key = minted(tmp_path, world)
    assert world.status_of(key) == 200
    (tmp_path / "a.env").write_text(
        f"LITELLM_API_KEY={key}\nLITELLM_API_KEY={key[:8]}Zq3kV8xW2pT5mR{key[22:]}\n"
    )
    ended = run(tmp_path, world, "scan", "a.env", "--revoke-found", "--yes")
    assert ended.returncode == 1
    assert "a.env:1: revoked." in ended.stderr
    assert "a.env:2: the proxy has no such key." in ended.stderr
    assert world.status_of(key) == 401
    assert key not in ended.stdout + ended.stderr


def test_a_terminal_is_asked_for_each_key(tmp_path: Path, world: World) -> None:
    keys = [minted(tmp_path, world) for _ in range(2)]
    (tmp_path / "a.env").write_text("".join(f"LITELLM_API_KEY={key}\n" for key in keys))
    with terminal(b"n\ny\n") as stdin:
        ended = run(tmp_path, world, "scan", "a.env", "--revoke-found", stdin=stdin)
    assert ended.returncode == 1
    assert "Revoke the key at a.env:1? [y/N]" in ended.stderr
    assert [world.status_of(key) for key in keys] == [200, 401]
    assert not any(key in ended.stdout + ended.stderr for key in keys)


def test_without_a_terminal_it_does_not_revoke_unasked(tmp_path: Path, world: World) -> None:
    key = minted(tmp_path, world)
    (tmp_path / "a.env").write_text(f"LITELLM_API_KEY={key}\n")
    ended = run(tmp_path, world, "scan", "a.env", "--revoke-found")
    assert ended.returncode == 2
    assert "--yes" in ended.stderr
    assert world.status_of(key) == 200
