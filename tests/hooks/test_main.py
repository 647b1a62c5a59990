"""main.mjs: state, hand-over to Python, signals, exit codes."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pytest

from tests.hooks.conftest import Shims

UNSET = [
    "alias",
    "cap-usd",
    "control-url",
    "expires-at",
    "folder",
    "key-id",
    "key-sha256",
    "on-cap",
    "proxy-kind",
    "proxy-url",
    "python",
    "refused",
    "report",
    "team-id",
    "user-id",
]


def test_python_is_started_isolated_with_its_bytecode_in_the_environment(shims: Shims) -> None:
    assert shims.run("main", {"PYTHONDONTWRITEBYTECODE": "1"}).code == 0
    seen = shims.seen("main")
    folder = Path(shims.state["python"]).parent.parent
    assert seen["argv"] == ["-c", "main"]
    assert seen["path"][0] == str(shims.action / "src")
    assert seen["flags"] == [1, 1]
    assert seen["executable"] == shims.state["python"]
    assert kept_in(folder) == {"ci_tokengate/__init__", "ci_tokengate/action"}
    assert not list((shims.action / "src").rglob("__pycache__"))


def kept_in(environment: Path) -> set[str]:
    """The modules whose bytecode is there, by the ends of their paths."""
    found = (environment / "pycache").rglob("*.pyc")
    return {f"{file.parent.name}/{file.name.partition('.')[0]}" for file in found}


def test_bytecode_that_the_interpreter_has_not_of_its_own_is_kept_in_the_environment_too(
    shims: Shims, tools: Path, tmp_path: Path
) -> None:
    """As in an image whose bytecode was thrown away; here the interpreter does not know it for its own."""
    own = tmp_path / "tools"
    shutil.copytree(tools, own, symlinks=True)
    [environment] = [p for p in (own / "ci-tokengate").iterdir() if p.is_dir()]
    shutil.rmtree(environment / "pycache", ignore_errors=True)
    [packages] = environment.glob("lib/python*/site-packages")
    (packages / "other.pth").write_text("import sys; sys.implementation.cache_tag = 'other'\n")
    assert shims.run("main", {"RUNNER_TOOL_CACHE": str(own)}).code == 0
    assert kept_in(environment) > {"ci_tokengate/__init__", "ci_tokengate/action", "json/decoder"}


def test_python_sees_the_whole_environment_and_which_node_runs(shims: Shims) -> None:
    shims.run("main", {"ANYTHING": "yes"})
    env = shims.seen("main")["env"]
    assert env["ANYTHING"] == "yes"
    assert env["INPUT_PROXY-KEY"] == "sk-minter-secret"
    assert Path(env["TOKENGATE_NODE"]).name == "node"


def test_the_network_of_now_is_kept_for_post(shims: Shims) -> None:
    network = {"HTTPS_PROXY": "http://proxy:3128", "no_proxy": "a,b", "SSL_CERT_FILE": "/ca.pem"}
    shims.run("main", {**network, "OTHER": "x"})
    assert json.loads(shims.state["network"]) == network


def test_every_name_of_the_state_is_claimed_before_python_is_looked_for(shims: Shims) -> None:
    """A later step could otherwise make up, through GITHUB_ENV, what main has not written."""
    assert shims.run("main", {"PATH": "/nonexistent"}).code == 2
    assert shims.state == {
        **dict.fromkeys(UNSET, ""),
        "phase": "none",
        "network": "{}",
    }


def test_state_of_earlier_writers_is_kept_and_delimiters_differ(shims: Shims) -> None:
    (shims.folder / "state").write_text("mine=1\n")
    shims.run("main")
    text = (shims.folder / "state").read_text()
    assert text.startswith("mine=1\n")
    delimiters = [line.split("<<")[1] for line in text.splitlines() if "<<tokengate_" in line]
    assert len(set(delimiters)) == len(delimiters) > 5


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_the_exit_code_is_pythons(shims: Shims, code: int) -> None:
    assert shims.run("main", {"INPUT_TEAM": str(code)}).code == code


def test_a_crash_of_python_is_undecided_not_refused(shims: Shims) -> None:
    ended = shims.run("main", {"INPUT_TEAM": "crash"})
    assert ended.code == 3
    assert "RuntimeError: a crash" in ended.err


def test_a_python_that_dies_is_an_error_in_one_sentence(shims: Shims) -> None:
    ended = shims.run("main", {"INPUT_TEAM": "killed"})
    assert ended.code == 3
    python = shims.state["python"]
    assert ended.error == (
        f"::error title=ci-tokengate::The Python of ci-tokengate ({python}) was killed by SIGKILL."
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_for_node_reaches_python(shims: Shims, number: signal.Signals) -> None:
    process = shims.start("main", INPUT_TEAM="wait")
    assert process.stdout
    while "waiting" not in process.stdout.readline():
        pass
    process.send_signal(number)
    out, _ = process.communicate(timeout=10)
    assert f"stopped by {number.name}" in out
    assert process.returncode == 7


def test_outside_of_actions_it_says_so(shims: Shims) -> None:
    ended = shims.run("main", {"GITHUB_STATE": "-"})
    assert ended.code == 2
    assert "GITHUB_STATE is not set" in ended.error
