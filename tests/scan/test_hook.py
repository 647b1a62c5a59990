"""The hook: what a commit waits for, and what it refuses."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from ci_tokengate.scan import hook
from ci_tokengate.scan.flows.literals import _HOSTS, may_matter
from tests.scan.keys.samples import SAMPLES
from tests.scan.worlds import Repo

HOOK = Path(sys.executable).with_name("ci-tokengate-hook")
KEY = SAMPLES[0].make(random.Random(1))


def run_hook(repo: Repo) -> subprocess.CompletedProcess[str]:
    return subprocess.run([HOOK], cwd=repo.root, capture_output=True, text=True, check=False)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path)


def test_a_clean_commit_passes_in_silence(repo: Repo) -> None:
    repo.write("a.py", "print('hello')\n")
    repo.add()
    ended = run_hook(repo)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_a_staged_key_refuses_the_commit_and_is_not_printed(repo: Repo) -> None:
    repo.write("a.py", f"KEY = '{KEY}'\n")
    repo.add()
    ended = run_hook(repo)
    assert ended.returncode == 1
    assert "a.py:1:8: ✖ TG001" in ended.stdout
    assert KEY[20:] not in ended.stdout + ended.stderr


def test_only_what_is_staged_counts(repo: Repo) -> None:
    repo.write("old.py", f"KEY = '{KEY}'\n")
    repo.commit()
    repo.write("old.py", f"KEY = '{KEY}'\nx = 1\n")
    repo.add()
    repo.write("unstaged.py", f"KEY = '{KEY}'\n")
    assert run_hook(repo).returncode == 0


def test_a_line_that_is_removed_is_no_finding(repo: Repo) -> None:
    repo.write("old.py", f"KEY = '{KEY}'\n")
    repo.commit()
    repo.write("old.py", "KEY = None\n")
    repo.add()
    assert run_hook(repo).returncode == 0


def test_outside_of_a_repository_it_is_undecided(tmp_path: Path) -> None:
    ended = subprocess.run([HOOK], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 3


def test_the_clean_path_imports_nothing_but_its_literals(repo: Repo) -> None:
    repo.write("a.py", "print('hello')\n")
    repo.add()
    code = (
        "import sys; before = set(sys.modules)\n"
        "from ci_tokengate.scan import hook\n"
        "assert hook._decide() == 0\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=repo.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.split() == [
        "ci_tokengate",
        "ci_tokengate.scan",
        "ci_tokengate.scan.hook",
        "ci_tokengate.scan.keys",
        "ci_tokengate.scan.keys.probes",
    ]


def test_its_hosts_are_those_of_the_flow_rules() -> None:
    told_apart = [host for host in _HOSTS if not any(part in host for part in hook.HOSTS)]
    assert told_apart == []  # the hook's are shorter, and in each of theirs


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/a.yml",
        "x/action.yaml",
        ".gitlab-ci.yml",
        ".gitlab/ci/a.yml",
        ".circleci/config.yml",
        "azure-pipelines-2.yml",
        "docker-compose.prod.yaml",
        "compose.yml",
        "ci/Jenkinsfile",
    ],
)
def test_a_file_of_ci_is_looked_at_whole(path: str) -> None:
    assert may_matter(path, b"claude -p hello")
    assert hook.may_matter(b"+++ b/%s\n+x" % path.encode())


def test_a_key_in_a_file_with_a_strange_name_is_found(repo: Repo) -> None:
    repo.write('we"ird\n\tnäme.py', f"KEY = '{KEY}'\n")
    repo.add()
    ended = run_hook(repo)
    assert ended.returncode == 1
    assert 'we"ird\\n\\tnäme.py:1:8' in ended.stdout


def test_a_staged_binary_file_is_named(repo: Repo) -> None:
    (repo.root / "a.bin").write_bytes(b"\0\1\2" * 100)
    repo.add()
    ended = run_hook(repo)
    assert ended.returncode == 0
    assert "Left out, binary file: 1 (a.bin)" in ended.stdout
