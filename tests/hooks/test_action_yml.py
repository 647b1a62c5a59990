"""action.yml holds before the validators, and a workflow that uses it does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.act.harness import ROOT, ship

WORKFLOW = """\
name: AI review
on: pull_request
permissions: {}
concurrency:
  group: ai-review-${{ github.ref }}
  cancel-in-progress: true
jobs:
  review:
    name: Review
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions:
      contents: read
    steps:
      - uses: ./action # zizmor: ignore[self-repository]
        id: gate
        with:
          use-case: code-review
          proxy-key: ${{ secrets.TOKENGATE_MINTING_KEY }} # zizmor: ignore[secrets-outside-env]
          export: output
      - run: ./agent
        if: steps.gate.outputs.allowed == 'true'
        env:
          ANTHROPIC_API_KEY: ${{ steps.gate.outputs.key }}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    ship(tmp_path / "action")
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "review.yml").write_text(WORKFLOW)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ("check-jsonschema", "--builtin-schema", "vendor.github-actions", "action/action.yml"),
        ("actionlint",),
        ("zizmor", "--offline", "--quiet", "."),
    ],
    ids=lambda command: command[0],
)
def test_the_validators_have_nothing_to_say(repository: Path, command: tuple[str, ...]) -> None:
    program = Path(sys.executable).with_name(command[0])
    ended = subprocess.run([program, *command[1:]], cwd=repository, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_shims_import_nothing_but_node_and_each_other() -> None:
    for file in (ROOT / "hooks" / "action").glob("*.mjs"):
        for module in re.findall(r'^import .* from "(.+)";$', file.read_text(), re.M):
            assert module.startswith(("node:", "./")), f"{file.name} imports {module}"
