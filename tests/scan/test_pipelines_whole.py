"""Pipelines in several files, through the whole program: trees, changes, the hook, comments and the policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scan.test_command import found, scan
from tests.scan.test_hook import run_hook
from tests.scan.worlds import Repo

ROOT = "include: {local: 'build/**.yml'}\n"
PAST = "r:\n  variables: {OPENAI_BASE_URL: 'https://api.openai.com/v1'}\n  script: [x]\n"
KEY = "r:\n  variables: {OPENAI_API_KEY: $K}\n  script: [python x.py]\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    folder = tmp_path / "repo"
    folder.mkdir()
    made = Repo(folder)
    made.write(".gitlab-ci.yml", ROOT)
    made.write("build/deep/jobs.yml", "r: {script: [x]}\n")
    made.write("charts/values.yml", PAST)
    made.commit()
    return made


def test_a_tree_has_the_findings_of_what_is_included_and_of_nothing_beside_it(repo: Repo) -> None:
    repo.write("build/deep/jobs.yml", PAST)
    assert found(repo.root) == [("TG004", "build/deep/jobs.yml", 2)]


def test_a_comment_in_the_included_file_suppresses_and_the_policy_excludes_it(repo: Repo) -> None:
    repo.write(
        "build/a.yml", PAST.replace("r:\n", 'r:\n  # tokengate: ignore[TG004] reason="a test"\n')
    )
    repo.write("build/b.yml", PAST)
    assert found(repo.root) == [("TG004", "build/b.yml", 2)]
    repo.write(".github/tokengate.yml", "version: 1\nscan: {exclude: [build/b.yml]}\n")
    assert found(repo.root) == []


def test_a_commit_that_touches_only_what_is_included_is_refused(repo: Repo) -> None:
    repo.write("build/deep/jobs.yml", KEY)
    repo.add()
    assert found(repo.root, "--staged") == [("TG003", "build/deep/jobs.yml", 2)]
    assert run_hook(repo).returncode == 1
    assert found(repo.root, "--diff", "HEAD") == [("TG003", "build/deep/jobs.yml", 2)]


def test_a_commit_that_touches_what_nothing_includes_passes(repo: Repo) -> None:
    repo.write("charts/values.yml", KEY)
    repo.add()
    assert found(repo.root, "--staged") == []
    assert run_hook(repo).returncode == 0


def test_a_commit_that_comes_to_include_a_file_has_its_findings(repo: Repo) -> None:
    repo.write(".gitlab-ci.yml", "include: charts/values.yml\n")
    repo.add()
    assert found(repo.root, "--staged") == [("TG004", "charts/values.yml", 2)]


def test_in_a_big_tree_a_part_is_judged_under_what_includes_it(repo: Repo) -> None:
    """By itself it would be an error: only the whole pipeline has the proxy's address."""
    repo.write(
        ".gitlab-ci.yml",
        "include: ci/jobs.yml\nvariables: {OPENAI_BASE_URL: https://llm.acme.example}\n",
    )
    for number in range(900):
        repo.write(f"ci/{number:03}/x.yml", f"a{number}: {{script: [x]}}\n")
    repo.write("ci/jobs.yml", KEY)
    ended = scan(repo.root)
    assert (ended.returncode, ended.stdout.count(b"TG003")) == (0, 1)
