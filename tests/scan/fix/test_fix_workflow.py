"""`--fix`: the workflow afterwards is the workflow before, behind the gate."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from ci_tokengate.scan.fix import fix_workflow
from ci_tokengate.scan.flows import Options
from tests.scan.flows.cases import found, told

CLAUDE = """\
# Reviews pull requests.
name: Review   # shown in the list

on: pull_request
permissions:
  pull-requests: write # comments
concurrency: review-${{ github.ref }}

jobs:
  review:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5

      # The agent.
      - name: Review
        uses: anthropics/claude-code-action@v1
        with:
          anthropic_api_key: ${{ secrets.ANTHROPIC_API_KEY }} # ours
          prompt: |
            Look at it.

            Twice.
"""
CODEX = """\
on: workflow_dispatch
jobs:
    fix:
        runs-on: ubuntu-latest
        steps:
        -   uses: openai/codex-action@v1
            with: {openai-api-key: "${{ secrets.OPENAI_API_KEY }}", prompt: Fix}
        -   run: aider --yes
            env:
                OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}
                OPENAI_BASE_URL: https://api.openai.com/v1
"""
SDK = """\
on: workflow_dispatch
env:
  OTHER: 1
jobs:
  ask:
    runs-on: ubuntu-latest
    steps:
      - id: gate
        run: echo hi
      - run: python ask.py
        env:
          ANTHROPIC_API_KEY: ${{ secrets.ANTHROPIC_API_KEY }}
"""
JOB_ENV = """\
on: workflow_dispatch
jobs:
  ask:
    runs-on: ubuntu-latest
    env:
      ANTHROPIC_API_KEY: ${{ secrets.ANTHROPIC_API_KEY }}
    steps:
      - if: always()
        run: claude -p hi
"""
ALL = {"claude": CLAUDE, "codex": CODEX, "sdk": SDK, "job env": JOB_ENV}


def fixed(text: str) -> str:
    return fix_workflow(
        ".github/workflows/w.yml", text, read=lambda path: None, options=Options()
    ).text


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_what_was_found_before_is_not_found_afterwards(text: str) -> None:
    assert told(found(text)) != ""
    assert told(found(fixed(text))) == ""


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_a_second_run_changes_nothing(text: str) -> None:
    once = fixed(text)
    again = fix_workflow(".github/workflows/w.yml", once, read=lambda path: None, options=Options())
    assert (again.text, again.changes, again.left) == (once, (), ())


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_actionlint_has_nothing_against_the_result(text: str, tmp_path: Path) -> None:
    actionlint = shutil.which("actionlint") or ".venv/bin/actionlint"
    path = tmp_path / "w.yml"
    path.write_text(fixed(text))
    done = subprocess.run(
        [actionlint, "-no-color", str(path)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == ""


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_every_line_that_was_not_meant_is_there_as_it_was(text: str) -> None:
    meant = ("api_key:", "openai-api-key", "openai_base_url", "env:")
    kept = [line for line in text.splitlines() if not any(word in line.lower() for word in meant)]
    after = iter(fixed(text).splitlines())
    assert all(line in after for line in kept)


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_what_was_not_meant_parses_to_the_same(text: str) -> None:
    before, after = YAML(typ="safe").load(text), YAML(typ="safe").load(fixed(text))
    assert _unmeant(before) == _unmeant(after)


def _unmeant(node: Any) -> Any:
    """Without gates, keys, base URLs and the permission that was added."""
    if isinstance(node, list):
        return [
            _unmeant(x)
            for x in node
            if not (isinstance(x, dict) and "ci-tokengate" in str(x.get("uses")))
        ]
    if not isinstance(node, dict):
        return node
    meant = re.compile(r"api[-_]key|base_url|responses-api-endpoint|contents", re.IGNORECASE)
    kept = {k: _unmeant(v) for k, v in node.items() if not meant.search(str(k))}
    return {k: v for k, v in kept.items() if k != "env" or v}


def test_the_gate_stands_before_the_agent_and_its_comment() -> None:
    assert """
      - uses: actions/checkout@v5

      - uses: org/ci-tokengate@v1
        id: gate
        with:
          proxy-key: ${{ secrets.TOKENGATE_MINTING_KEY }}
          tools: claude-code
          export: both
      # The agent.
      - name: Review
        uses: anthropics/claude-code-action@v1
        with:
          anthropic_api_key: ${{ steps.gate.outputs.key }} # ours
""" in fixed(CLAUDE)
    assert "permissions:\n  contents: read\n  pull-requests: write # comments\n" in fixed(CLAUDE)


def test_line_ends_of_windows_stay() -> None:
    assert fixed(CLAUDE.replace("\n", "\r\n")) == fixed(CLAUDE).replace("\n", "\r\n")


def test_a_workflow_with_nothing_to_mend_is_returned_as_it_is() -> None:
    text = "on: push\njobs: {a: {runs-on: x, steps: [{run: make}]}}\n"
    assert fix_workflow("w.yml", text, read=lambda path: None, options=Options()).text == text
