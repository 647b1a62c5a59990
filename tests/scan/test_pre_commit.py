"""pre-commit itself runs the hook, from a clone of this repository as it stands in git."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.tables import ROOT
from tests.scan.keys.samples import SAMPLES
from tests.scan.worlds import Repo

PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
KEY = SAMPLES[0].make(random.Random("pre-commit"))


def _source(folder: Path) -> Repo:
    """A clean clone, as a user's pre-commit gets it, with what is not committed here yet."""
    subprocess.run(["git", "clone", "--quiet", "--no-local", str(ROOT), str(folder)], check=True)
    repo = Repo(folder)
    repo.git("rm", "-r", "--quiet", "--cached", ".")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            repo.write(name, (ROOT / name).read_bytes())
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--no-verify", "--allow-empty", "--message", "as it stands")
    return repo


@pytest.mark.live
def test_pre_commit_installs_the_hook_and_a_staged_key_is_refused(tmp_path: Path) -> None:
    """It installs the package with pip, so it needs an index."""
    source = _source(tmp_path / "source")
    user = Repo(_made(tmp_path / "user"))
    config = f"repos:\n- repo: {source.root}\n  rev: {source.git('rev-parse', 'HEAD').strip()}\n  hooks: [{{id: ci-tokengate}}, {{id: ci-tokengate-tree}}]\n"
    user.write(".pre-commit-config.yaml", config)
    user.write("a.py", "x = 1\n")
    user.add()
    env = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    clean = subprocess.run(
        [PRE_COMMIT, "run", "--verbose"], cwd=user.root, env=env, capture_output=True, text=True
    )
    assert clean.returncode == 0, clean.stdout + clean.stderr
    user.write("a.py", f"KEY = '{KEY}'\n")
    user.add()
    refused = subprocess.run(
        [PRE_COMMIT, "run"], cwd=user.root, env=env, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert "a.py:1:8: ✖ TG001" in refused.stdout
    assert KEY[20:] not in refused.stdout
    user.git("commit", "--quiet", "--no-verify", "--message", "x")
    tree = [str(PRE_COMMIT), "run", "--all-files", "ci-tokengate-tree"]
    whole = subprocess.run(tree, cwd=user.root, env=env, capture_output=True, text=True)
    assert whole.returncode == 1
    assert "a.py:1:8: ✖ TG001" in whole.stdout


@pytest.mark.live
def test_the_policys_hook_runs_when_the_policy_is_staged_and_only_then(tmp_path: Path) -> None:
    """It installs the package with pip, so it needs an index."""
    source = _source(tmp_path / "source")
    user = Repo(_made(tmp_path / "user"))
    revision = source.git("rev-parse", "HEAD").strip()
    user.write(
        ".pre-commit-config.yaml",
        f"repos:\n- repo: {source.root}\n  rev: {revision}\n  hooks: [{{id: ci-tokengate-policy}}]\n",
    )
    env = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}

    def staged(path: str, text: str) -> subprocess.CompletedProcess[str]:
        user.write(path, text)
        user.add()
        command = [str(PRE_COMMIT), "run", "--verbose"]
        return subprocess.run(command, cwd=user.root, env=env, capture_output=True, text=True)

    assert "no files to check" in staged("a.py", "x = 1\n").stdout
    policy = (ROOT / "examples" / "tokengate.yml").read_text("utf-8")
    good = staged(".github/tokengate.yml", policy)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "✔ .github/tokengate.yml: teams: 2, use cases: 3" in good.stdout
    bad = staged(".github/exemptions/release.yml", "team: nobody\n")
    assert bad.returncode == 1
    assert "No exemption: .github/exemptions/release.yml" in bad.stdout


def test_plain_git_runs_its_hook(tmp_path: Path) -> None:
    user = Repo(_made(tmp_path / "user"))
    hook = user.root / ".git" / "hooks" / "pre-commit"
    hook.write_bytes((ROOT / "hooks" / "git" / "pre-commit").read_bytes())
    hook.chmod(0o755)
    user.write("a.py", f"KEY = '{KEY}'\n")
    user.add()
    env = {**os.environ, "PATH": f"{PRE_COMMIT.parent}:{os.environ['PATH']}"}
    refused = subprocess.run(
        ["git", "commit", "-m", "x"], cwd=user.root, env=env, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert "TG001" in refused.stdout + refused.stderr
    user.write("a.py", "x = 1\n")
    user.add()
    assert subprocess.run(["git", "commit", "-qm", "x"], cwd=user.root, env=env).returncode == 0


def test_without_the_program_plain_git_says_what_to_do(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "TOKENGATE_HOOK": "no-such-hook"}
    hook = ROOT / "hooks" / "git" / "pre-commit"
    ended = subprocess.run([hook], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert ended.returncode == 3
    assert "? no-such-hook is not on the PATH, so nothing was scanned: pip install" in ended.stderr


def test_the_hooks_are_of_the_form_that_pre_commit_reads() -> None:
    ended = subprocess.run([PRE_COMMIT, "validate-manifest", ROOT / ".pre-commit-hooks.yaml"])
    assert ended.returncode == 0


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
