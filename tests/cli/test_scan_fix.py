"""`ci-tokengate scan --fix` and `--diff-only`, as a whole program."""

from __future__ import annotations

import json
import os
import pty
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.scan.fix.test_fix_workflow import ALL, CLAUDE, SDK
from tests.scan.keys.samples import SAMPLES
from tests.scan.worlds import Repo

PROGRAM = Path(sys.executable).with_name("ci-tokengate")
FLOWS = ".github/workflows"
BOUNDED = CLAUDE.replace("    runs-on", "    timeout-minutes: 5\n    runs-on")


def scan(
    cwd: Path, *args: str, stdin: int = subprocess.DEVNULL
) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [PROGRAM, "scan", *args],
        cwd=cwd,
        stdin=stdin,
        capture_output=True,
        text=True,
        env=env,
        timeout=60,
        check=False,
    )


@contextmanager
def terminal(said: bytes) -> Iterator[int]:
    """A terminal on which somebody has typed."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, said)
        yield theirs
    finally:
        os.close(ours)
        os.close(theirs)


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file with its content; what a failed run leaves behind is seen as well."""
    files = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    folder = tmp_path / "repo"
    folder.mkdir()
    return Repo(folder)


def test_the_diff_is_shown_the_file_written_and_what_remains_decides(repo: Repo) -> None:
    repo.write(f"{FLOWS}/w.yml", BOUNDED)
    assert scan(repo.root).returncode == 1
    done = scan(repo.root, "--fix")
    assert done.returncode == 0, done.stdout
    assert f"--- a/{FLOWS}/w.yml\n+++ b/{FLOWS}/w.yml\n" in done.stderr
    assert "-          anthropic_api_key: ${{ secrets.ANTHROPIC_API_KEY }} # ours" in done.stderr
    assert f"+ {FLOWS}/w.yml: Job 'review': `anthropic_api_key` is the job key." in done.stderr
    assert f"✔ written: {FLOWS}/w.yml" in done.stderr
    assert "steps.gate.outputs.key" in (repo.root / FLOWS / "w.yml").read_text()
    repo.write("a.py", f"KEY = '{SAMPLES[0].make(random.Random(1))}'\n")
    assert scan(repo.root, "--fix").returncode == 1


def test_a_second_run_changes_nothing(repo: Repo) -> None:
    for name, text in ALL.items():
        repo.write(f"{FLOWS}/{name.replace(' ', '-')}.yml", text)
    scan(repo.root, "--fix")
    once = snapshot(repo.root)
    again = scan(repo.root, "--fix")
    assert "No workflow was changed." in again.stderr
    assert snapshot(repo.root) == once
    shown = scan(repo.root, "--diff-only")
    assert (shown.returncode, shown.stdout) == (0, "")


def test_diff_only_writes_nothing_and_its_diff_applies(repo: Repo) -> None:
    repo.write(f"{FLOWS}/w.yml", BOUNDED)
    repo.write(f"{FLOWS}/windows.yml", SDK.replace("\n", "\r\n"))
    repo.write(f"{FLOWS}/no-end.yml", SDK.rstrip("\n"))
    before = snapshot(repo.root)
    shown = scan(repo.root, "--diff-only")
    assert shown.returncode == 1
    assert snapshot(repo.root) == before
    repo.commit()
    applied = subprocess.run(
        ["git", "apply", "-"],
        cwd=repo.root,
        input=_bare(repo.root).stdout,
        capture_output=True,
        check=False,
    )
    assert applied.returncode == 0, applied.stderr
    by_git = snapshot(repo.root)
    repo.git("checkout", "--quiet", ".")
    scan(repo.root, "--fix")
    assert snapshot(repo.root) == by_git != before


def _bare(cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Bytes, for line ends of Windows."""
    return subprocess.run(
        [PROGRAM, "scan", "--diff-only"], cwd=cwd, capture_output=True, check=False
    )


def test_mode_line_ends_and_mark_stay(repo: Repo) -> None:
    mixed = "# a\n" + SDK.replace("\n", "\r\n")
    for name, data in {"crlf": SDK.replace("\n", "\r\n"), "mixed": mixed}.items():
        repo.write(f"{FLOWS}/{name}.yml", data)
    repo.write(f"{FLOWS}/bom.yml", b"\xef\xbb\xbf" + SDK.encode())
    repo.write(f"{FLOWS}/lf.yml", SDK)
    (repo.root / FLOWS / "lf.yml").chmod(0o640)
    scan(repo.root, "--fix")
    after = {name.split("/")[-1]: data for name, data in snapshot(repo.root).items()}
    assert after["crlf.yml"] == after["lf.yml"].replace(b"\n", b"\r\n")
    assert after["mixed.yml"] == b"# a\n" + after["crlf.yml"]
    assert after["bom.yml"] == b"\xef\xbb\xbf" + after["lf.yml"]
    assert after["lf.yml"] != SDK.encode()
    assert (repo.root / FLOWS / "lf.yml").stat().st_mode & 0o777 == 0o640


def test_a_terminal_is_asked_unless_yes(repo: Repo) -> None:
    repo.write(f"{FLOWS}/w.yml", BOUNDED)
    before = snapshot(repo.root)
    with terminal(b"n\n") as stdin:
        done = scan(repo.root, "--fix", stdin=stdin)
    assert done.returncode == 1
    assert f"Write {FLOWS}/w.yml? [y/N]" in done.stderr
    assert snapshot(repo.root) == before
    with terminal(b"y\n") as stdin:
        assert scan(repo.root, "--fix", stdin=stdin).returncode == 0
    repo.write(f"{FLOWS}/w.yml", BOUNDED)
    with terminal(b"") as stdin:
        assert scan(repo.root, "--fix", "--yes", stdin=stdin).returncode == 0


def test_a_read_only_file_is_said_once_and_no_other_is_written(repo: Repo) -> None:
    repo.write(f"{FLOWS}/a.yml", BOUNDED)
    repo.write(f"{FLOWS}/b.yml", SDK)
    (repo.root / FLOWS / "b.yml").chmod(0o444)
    before = snapshot(repo.root)
    done = scan(repo.root, "--fix")
    assert done.returncode == 2
    assert f"✖ {FLOWS}/b.yml is read-only. Nothing was written.\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(repo.root) == before


def test_a_link_is_not_followed(repo: Repo, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "w.yml").write_text(BOUNDED)
    (repo.root / FLOWS).mkdir(parents=True)
    os.symlink(outside / "w.yml", repo.root / FLOWS / "w.yml")
    for args in ((), (f"{FLOWS}/w.yml",)):
        assert scan(repo.root, "--fix", *args).returncode == 0
    os.unlink(repo.root / FLOWS / "w.yml")
    (repo.root / FLOWS).rmdir()
    os.symlink(outside, repo.root / FLOWS)
    for args in ((), (FLOWS,), (f"{FLOWS}/w.yml",)):
        scan(repo.root, "--fix", *args)
    assert snapshot(outside) == {"w.yml": BOUNDED.encode()}


def test_the_diff_has_no_key_in_it(repo: Repo) -> None:
    secret = SAMPLES[0].make(random.Random(7))
    repo.write(
        f"{FLOWS}/w.yml", BOUNDED.replace("            Look", f"            {secret} \x1b Look")
    )
    repo.write(f"{FLOWS}/v.yml", BOUNDED.replace("# ours", f"# {secret} \u202e"))
    for option in ("--diff-only", "--fix"):
        done = scan(repo.root, option)
        assert "outputs.key" in done.stdout + done.stderr
        for said in (done.stdout, done.stderr):
            assert secret[-20:] not in said
            assert "\u202e" not in said
            assert "\x1b" not in said
    assert secret in (repo.root / FLOWS / "v.yml").read_text()


def test_what_is_left_is_said_with_its_reason(repo: Repo) -> None:
    in_one_line = SDK[: SDK.index("    steps:")] + (
        "    steps: [{run: python ask.py, env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}}]\n"
    )
    repo.write(f"{FLOWS}/flow.yml", in_one_line)
    repo.write(f"{FLOWS}/latin.yml", SDK.replace("echo hi", "echo h\xe9").encode("latin-1"))
    before = snapshot(repo.root)
    done = scan(repo.root, "--fix")
    assert done.returncode == 1
    assert f"! {FLOWS}/flow.yml: Job 'ask': its steps are written in one line" in done.stderr
    assert f"! {FLOWS}/latin.yml: " in done.stderr
    assert "it is not UTF-8" in done.stderr
    assert snapshot(repo.root) == before


def test_what_is_in_the_baseline_is_let_be(repo: Repo) -> None:
    repo.write(f"{FLOWS}/w.yml", BOUNDED)
    scan(repo.root, "baseline", "update", "--baseline", "base.json")
    before = snapshot(repo.root)
    assert scan(repo.root, "--fix", "--baseline", "base.json").returncode == 0
    assert snapshot(repo.root) == before


def test_a_machine_readable_report_stays_one(repo: Repo) -> None:
    repo.write(f"{FLOWS}/w.yml", BOUNDED)
    done = scan(repo.root, "--fix", "--format", "json")
    assert json.loads(done.stdout)["findings"] == []


@pytest.mark.parametrize(
    "args",
    [
        ("--fix", "--staged"),
        ("--fix", "--history"),
        ("--fix", "--diff", "HEAD"),
        ("--diff-only", "-"),
        ("--fix", "--diff-only"),
        ("--diff-only", "--format", "json"),
        ("--diff-only", "--output", "x"),
        ("baseline", "update", "--fix"),
    ],
)
def test_what_does_not_go_together_is_refused(repo: Repo, args: tuple[str, ...]) -> None:
    repo.write(f"{FLOWS}/w.yml", BOUNDED)
    before = snapshot(repo.root)
    assert scan(repo.root, *args).returncode == 2
    assert snapshot(repo.root) == before
