"""`ci-tokengate run`, as a process, on the sandbox."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ci_tokengate.sandbox.serve import Sandbox, running_sandbox

POLICY = """\
version: 1
defaults: {team: payments-squad, use-case: code-review}
teams: {payments-squad: {plan: 800}, search-squad: {plan: 0}}
use-cases: {code-review: {models: [claude-sonnet], cap-per-run: 2, ttl: 10m}}
"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(flush_every=timedelta(0)) as made:
        yield made


def start(sandbox: Sandbox, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    (folder / "policy.yml").write_text(POLICY)
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TOKENGATE_PROXY_URL": sandbox.url,
        "TOKENGATE_PROXY_KEY": sandbox.minter_key,
        "TOKENGATE_POLICY": str(folder / "policy.yml"),
        "COPY_OF_IT": f"Bearer {sandbox.minter_key}",
        "KEPT": "yes",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "ci_tokengate", "run", "--wait", "0", *arguments],
        env=env,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def script(text: str) -> tuple[str, ...]:
    return ("--", sys.executable, "-c", text)


def test_the_command_has_the_key_and_not_the_minting_key(sandbox: Sandbox, tmp_path: Path) -> None:
    program = script("import json, os; print(json.dumps(dict(os.environ)))")
    out, err = start(sandbox, tmp_path, *program).communicate(timeout=30)
    env = json.loads(out)
    assert env["OPENAI_API_KEY"].startswith("sk-")
    assert env["KEPT"] == "yes"
    assert not [name for name, value in env.items() if sandbox.minter_key in value]
    assert env["OPENAI_API_KEY"] not in err
    assert "The job key is revoked" in err
    assert sandbox.state.find(env["OPENAI_API_KEY"]) is None


def test_the_exit_code_is_the_commands(sandbox: Sandbox, tmp_path: Path) -> None:
    process = start(sandbox, tmp_path, *script("raise SystemExit(7)"))
    process.communicate(timeout=30)
    assert process.returncode == 7


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_reach_the_command_and_the_key_is_revoked(
    sandbox: Sandbox, tmp_path: Path, number: signal.Signals
) -> None:
    program = f"""
import os, pathlib, signal, time
signal.signal({int(number)}, lambda *_: (pathlib.Path("caught").touch(), os._exit(5)))
pathlib.Path("key").write_text(os.environ["OPENAI_API_KEY"])
pathlib.Path("ready").touch()
time.sleep(30)
"""
    process = start(sandbox, tmp_path, *script(program))
    for _ in range(300):
        if (tmp_path / "ready").exists():
            break
        time.sleep(0.05)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert (tmp_path / "caught").exists()
    assert process.returncode == 5
    assert sandbox.state.find((tmp_path / "key").read_text()) is None


def test_a_command_that_a_signal_ended_is_128_and_the_signal(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    process = start(sandbox, tmp_path, *script("import os; os.kill(os.getpid(), 9)"))
    process.communicate(timeout=30)
    assert process.returncode == 137


def test_a_refused_team_runs_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    process = start(sandbox, tmp_path, "--team", "search-squad", *script("open('ran', 'w')"))
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "plan of $0" in out
    assert not (tmp_path / "ran").exists()


def test_a_command_that_cannot_start_leaves_no_key(sandbox: Sandbox, tmp_path: Path) -> None:
    process = start(sandbox, tmp_path, "--", "no-such-program")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "'no-such-program' cannot be started" in err
    assert [
        k for k in sandbox.state.keys.values() if (k.alias or "").startswith("tokengate:")
    ] == []


def test_the_cost_is_printed(sandbox: Sandbox, tmp_path: Path) -> None:
    program = """
import json, os, urllib.request
body = {"model": "claude-sonnet", "max_tokens": 5, "messages": [{"role": "user", "content": "in=1000 out=100"}]}
urllib.request.urlopen(urllib.request.Request(os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages",
    json.dumps(body).encode(), {"content-type": "application/json", "x-api-key": os.environ["ANTHROPIC_API_KEY"]}))
"""
    _, err = start(sandbox, tmp_path, *script(program)).communicate(timeout=30)
    assert "Cost: $0.0045 for 1 call, provisional" in err
