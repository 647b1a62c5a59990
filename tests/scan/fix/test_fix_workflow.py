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
from tests.scan.flows.cases import PATH, found, told

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
    meant = ("api_key:", "openai-api-key", "openai_base_url", "env:", "if: always()")
    kept = [line for line in text.splitlines() if not any(word in line.lower() for word in meant)]
    after = iter(fixed(text).splitlines())
    assert all(line in after for line in kept)


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_what_was_not_meant_parses_to_the_same(text: str) -> None:
    before, after = YAML(typ="safe").load(text), YAML(typ="safe").load(fixed(text))
    assert _unmeant(before) == _unmeant(after)


def _unmeant(node: Any) -> Any:
    """Without gates, keys, base URLs, the permission that was added and the question whether the gate has passed."""
    if isinstance(node, list):
        return [
            _unmeant(x)
            for x in node
            if not (isinstance(x, dict) and "ci-tokengate" in str(x.get("uses")))
        ]
    if not isinstance(node, dict):
        return str(node).removesuffix(" && steps.gate.outcome == 'success'")
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


def job(steps: str, top: str = "on: workflow_dispatch") -> str:
    return f"{top}\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"


GATE = "      - uses: acme/ci-tokengate@v1\n        with:\n          proxy-key: ${{ secrets.M }}\n"
KEY = "${{ secrets.ANTHROPIC_API_KEY }}"
LOGIN = job(
    "      - uses: anthropics/claude-code-action@v1\n        with:\n"
    "          claude_code_oauth_token: ${{ secrets.CLAUDE_CODE_OAUTH_TOKEN }} # mine\n"
)
WITHOUT_ID = job(
    GATE + f"      - run: claude -p hi\n        env:\n          ANTHROPIC_API_KEY: {KEY}\n"
)
ENDPOINT = job(
    "      - uses: openai/codex-action@v1\n        with:\n          prompt: hi\n"
    "          responses-api-endpoint: 'https://api.openai.com/v1/responses' # no\n"
)
BARE = job("      - uses: openai/codex-action@v1\n      - run: make\n")
COPILOT = job(
    "      - run: copilot -p hi\n        env:\n          COPILOT_PROVIDER_BASE_URL: https://llm.acme.example\n"
    "          COPILOT_PROVIDER_API_KEY: ${{ secrets.LITELLM_KEY }}\n"
)
LITELLM = job(
    "      - run: python ask.py\n        env:\n          LITELLM_PROXY_API_KEY: ${{ secrets.LITELLM_KEY }}\n"
)
CALLED = job(
    "      - run: claude -p hi\n",
    "on:\n  workflow_call:\n    secrets:\n      other: {required: true}",
)
MORE = {
    "a personal token": (LOGIN, "anthropic_api_key: ${{ steps.gate.outputs.key }} # mine"),
    "a gate without an id": (
        WITHOUT_ID,
        "        id: gate\n        with:\n          export: both\n",
    ),
    "another endpoint": (
        ENDPOINT,
        'responses-api-endpoint: "${{ steps.gate.outputs.openai-base-url }}/responses" # no',
    ),
    "no inputs at all": (BARE, "        with:\n          responses-api-endpoint:"),
    "Copilot": (COPILOT, "COPILOT_PROVIDER_API_KEY: ${{ steps.gate.outputs.key }}"),
    "the litellm SDK": (LITELLM, "tools: litellm\n"),
    "a called workflow": (CALLED, "      TOKENGATE_MINTING_KEY: {required: true}\n      other:"),
}


@pytest.mark.parametrize(("text", "expected"), MORE.values(), ids=MORE)
def test_the_job_key_takes_the_place_and_a_second_run_changes_nothing(
    text: str, expected: str, tmp_path: Path
) -> None:
    once = fixed(text)
    assert expected in once
    assert fixed(once) == once
    assert once.count("ci-tokengate@") == 1
    assert not {"TG003", "TG005"} & set(told(found(once)).replace("w", "").split())
    test_actionlint_has_nothing_against_the_result(text, tmp_path)


LEFT = {
    "a base URL in the script": (job("      - run: OPENAI_BASE_URL=https://api.openai.com/v1 codex exec x\n"), "TG004"),
    "an option": (job(GATE + "      - run: aider --openai-api-base https://api.openai.com/v1 -m x\n"), "TG005"),
    "a variable that the step takes away": (job(GATE + "      - run: env -u ANTHROPIC_BASE_URL claude -p hi\n"), "TG005"),
    "another provider": (job("      - run: x\n        env: {MISTRAL_API_KEY: '${{ secrets.MISTRAL_API_KEY }}'}\n"), "TG003"),
    "a secret in the script": (job("      - run: python x.py --api-key ${{ secrets.OPENAI_API_KEY }}\n"), "TG003"),
    "a secret handed on": (job("      - uses: ./act\n        with: {token: '${{ secrets.ANTHROPIC_API_KEY }}'}\n"), "TG003"),
    "one that many use by an alias": (
        "on: workflow_dispatch\njobs:\n  a:\n    runs-on: x\n    steps:\n" + GATE + "      - &agent\n        run: claude -p hi\n"
        "  b:\n    runs-on: x\n    steps:\n      - *agent\n", "TG005",
    ),
    "a mapping that many use": (
        "on: workflow_dispatch\njobs:\n  a:\n    runs-on: x\n    env: &e\n      ANTHROPIC_API_KEY: " + KEY + "\n    steps:\n"
        "      - run: claude -p hi\n  b:\n    runs-on: x\n    env: *e\n    steps:\n      - run: make\n", "TG003",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "rule"), LEFT.values(), ids=LEFT)
def test_what_it_cannot_mend_it_says_with_its_line(text: str, rule: str) -> None:
    result = fix_workflow(PATH, text, read=lambda path: None, options=Options())
    remaining = [f for f in found(result.text) if f.rule == rule]
    assert remaining
    for finding in remaining:
        assert any(f"Line {finding.line}, {rule}," in sentence for sentence in result.left)
    YAML(typ="safe").load(result.text)
