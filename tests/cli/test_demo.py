"""`ci-tokengate demo`, as a process: golden/demo.txt is what it prints at 100 columns, with one time
for all times. `UPDATE_GOLDEN=1` writes it anew; read the diff."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ci_tokengate.sandbox.demo import demo
from ci_tokengate.sandbox.demo.shims import find_action
from tests.act.harness import ROOT, ship

GOLDEN = Path(__file__).parent / "golden" / "demo.txt"
ON_PORTKEY = GOLDEN.with_name("demo-portkey.txt")


@dataclass(frozen=True, kw_only=True)
class Played:
    code: int
    out: str
    err: str
    temporary: Path


def play(folder: Path, *options: str, **env: str) -> Played:
    temporary = folder / "tmp"
    temporary.mkdir()
    given = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(temporary),
        "COLUMNS": "100",
        **env,
    }
    done = subprocess.run(
        [sys.executable, "-m", "ci_tokengate", "demo", *options],
        env=given,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    return Played(code=done.returncode, out=done.stdout, err=done.stderr, temporary=temporary)


def at_one_time(text: str) -> str:
    """Times and nonces differ from run to run."""
    text = re.sub(r"\b([0-9a-f]{8})\b", "d36d580f", text)
    text = re.sub(r"until \d\d:\d\d UTC", "until 14:32 UTC", text)
    text = re.sub(r"Settled \d+ \w{3} \d\d:\d\d UTC", "Settled 23 Nov 14:05 UTC", text)
    return re.sub(r"\b1 \w{3} 00:00 UTC", "1 Dec 00:00 UTC", text)


def unwrapped(text: str) -> str:
    """A day of one digit moves the ends of lines."""
    return at_one_time(" ".join(text.replace("│", " ").split()))


@pytest.mark.parametrize(("proxy", "golden"), [("litellm", GOLDEN), ("portkey", ON_PORTKEY)])
def test_it_plays_the_whole_life_of_a_pull_request_and_leaves_nothing(
    tmp_path: Path, proxy: str, golden: Path
) -> None:
    played = play(tmp_path, "--proxy", proxy)
    if "UPDATE_GOLDEN" in os.environ:
        golden.write_text(at_one_time(played.out), "utf-8")
    assert (played.code, played.err) == (0, "")
    assert unwrapped(played.out) == unwrapped(golden.read_text("utf-8"))
    lines = played.out.splitlines()
    assert max(map(len, lines)) <= 100
    assert [line for line in lines if line != line.rstrip()] == []
    assert list(played.temporary.iterdir()) == []
    assert processes_of(played.temporary) == []


def processes_of(folder: Path) -> list[str]:
    """Those that have the folder in their environment, as all that the demo starts have."""
    mark = str(folder).encode()
    return [p.parent.name for p in Path("/proc").glob("[0-9]*/environ") if mark in _bytes(p)]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # another user's, or gone
        return b""


def test_without_node_it_says_so_and_plays_the_same(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    bare = play(tmp_path, PATH=str(tmp_path / "bin"))
    assert (bare.code, bare.err) == (0, "")
    told, first = unwrapped(bare.out), "1 Pull request"
    assert "by Python alone, since node is not on PATH" in told
    golden = unwrapped(GOLDEN.read_text("utf-8"))
    assert told[told.index(first) :] == golden[golden.index(first) :]


NOTHING = "process.exitCode = 0;\n"
SABOTAGE = [
    ("main.mjs", r"(?s).*", NOTHING, "review gets a key"),
    ("post.mjs", r"(?s).*", NOTHING, "the key of review is revoked"),
    ("post.mjs", r"if \(process\.env\.STATE_report\).*", "", "there is one comment"),
]


@pytest.mark.parametrize(("file", "pattern", "text", "told"), SABOTAGE)
def test_an_act_that_goes_wrong_is_named_and_ends_with_3(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    pattern: str,
    text: str,
    told: str,
) -> None:
    action = ship(tmp_path / "action", compiled=True)
    shim = action / "hooks" / "action" / file
    changed, count = re.subn(pattern, text, shim.read_text("utf-8"), count=1)
    assert count == 1
    shim.write_text(changed, "utf-8")
    assert demo(os.environ, action) == 3
    out = capsys.readouterr().out
    assert f"✖ This did not go as told; it should be so: {told}." in unwrapped(out)
    assert "Try next" not in out


def on_a_terminal(folder: Path, **env: str) -> tuple[int, str]:
    """With a node that does not run, which is soon over."""
    node = folder / "bin" / "node"
    node.parent.mkdir()
    node.write_text("#!/bin/sh\necho broken >&2\nexit 7\n")
    node.chmod(0o755)
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ci_tokengate", "demo"],
        env=_with({"PATH": str(node.parent), "HOME": str(folder), "COLUMNS": "80"}, env),
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    said = b""
    try:
        while chunk := _read(leader):
            said += chunk
        return process.wait(60), said.decode("utf-8").replace("\r\n", "\n")
    finally:
        process.kill()
        os.close(leader)


def _with(env: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    return {**env, **more}


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 4096)
    except OSError:  # Linux says so when the other end is closed
        return b""


def test_a_node_that_does_not_run_is_one_sentence(tmp_path: Path) -> None:
    code, out = on_a_terminal(tmp_path, NO_COLOR="1")
    assert code == 3
    assert "node prepares the tool cache (broken)" in unwrapped(out)
    assert "Traceback" not in out


@pytest.mark.parametrize(("env", "colored"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colour_unless_no_color_is_set(
    tmp_path: Path, env: Mapping[str, str], colored: bool
) -> None:
    assert ("\x1b[" in on_a_terminal(tmp_path, **env)[1]) is colored


def test_the_wheel_carries_the_shims_where_the_demo_looks_for_them() -> None:
    from ci_tokengate.sandbox.demo import shims

    assert find_action() == ROOT
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    carried = dict(re.findall(r'^"(.+)" = "(ci_tokengate/.+)"$', text, re.MULTILINE))
    inside = shims.IN_A_WHEEL.relative_to(ROOT / "src").as_posix()
    assert carried == {n: f"{inside}/{n}" for n in ("hooks/action", "requirements.lock")}
