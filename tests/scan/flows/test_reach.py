"""Agents in files that a workflow runs: scripts, scripts of package.json, targets of a Makefile."""

from __future__ import annotations

import pytest

from ci_tokengate.scan.flows import may_matter
from tests.scan.flows.cases import GATE, PATH, found, job, told

SCRIPT = {"scripts/review.sh": "#!/usr/bin/env bash\nset -e\nclaude -p hi\n"}
CODE = "import subprocess\nsubprocess.run(['claude', '-p', 'hi'], check=True)\n"
PACKAGE = {
    "package.json": '{"scripts": {"review": "claude -p hi", "test": "jest", "ci": "codex exec x"}}'
}
MAKE = {
    "Makefile": ".PHONY: all\nall: review\nX := 1\nreview: build\n\t@claude -p hi\nbuild:\n\tpip install anthropic\ntest:\n\tpytest\n"
}

RUNS = {
    "by its path": ("- run: ./scripts/review.sh main", SCRIPT),
    "by bash": ("- run: bash -eu scripts/review.sh", SCRIPT),
    "sourced": ("- run: source scripts/review.sh", SCRIPT),
    "sourced by a dot": ("- run: . scripts/review.sh", SCRIPT),
    "in a working directory": ("- run: ./review.sh\n  working-directory: scripts", SCRIPT),
    "after cd": ("- run: cd scripts && ./review.sh", SCRIPT),
    "by the workspace": ("- run: $GITHUB_WORKSPACE/scripts/review.sh", SCRIPT),
    "by the workspace of an expression": (
        "- run: ${{ github.workspace }}/scripts/review.sh",
        SCRIPT,
    ),
    "by another script": (
        "- run: ./a.sh",
        {**SCRIPT, "a.sh": "scripts/review.sh\n"},
    ),
    "a script of a package beside": (
        "- run: npm --prefix web run review",
        {"web/package.json": PACKAGE["package.json"]},
    ),
    "a task": (
        "- run: task review",
        {"Taskfile.yml": "version: '3'\ntasks:\n  review:\n    cmds:\n      - claude -p hi\n"},
    ),
    "a Python script with capitals": ("- run: python Review.py", {"Review.py": CODE}),
    "a JavaScript module with execa": (
        "- run: node r.mjs",
        {"r.mjs": "await execa('claude', ['-p', 'hi'])\n"},
    ),
    "a Python script": ("- run: python scripts/r.py", {"scripts/r.py": CODE}),
    "a Python script by its path": ("- run: ./r.py", {"r.py": "#!/usr/bin/env python3\n" + CODE}),
    "a JavaScript module": (
        "- run: node r.mjs",
        {"r.mjs": "import { execSync } from 'node:child_process'\nexecSync('claude -p hi')\n"},
    ),
    "just": ("- run: just review", {"justfile": "review:\n    @claude -p hi\n"}),
    "a program without an ending": (
        "- run: ./ci/agent",
        {"ci/agent": "#!/usr/bin/env bash\nexec claude -p hi\n"},
    ),
    "before npm start": (
        "- run: npm start",
        {"package.json": '{"scripts": {"prestart": "claude -p hi", "start": "node x.js"}}'},
    ),
    "npm run": ("- run: npm run review", PACKAGE),
    "yarn": ("- run: yarn review", PACKAGE),
    "pnpm run": ("- run: pnpm run review -- --fast", PACKAGE),
    "make": ("- run: make review", MAKE),
    "the first target, by what it needs": ("- run: make", MAKE),
    "make -C": ("- run: make -C sub review", {"sub/Makefile": MAKE["Makefile"]}),
}


@pytest.mark.parametrize(("steps", "files"), RUNS.values(), ids=RUNS)
def test_an_agent_in_a_file_that_the_step_runs_is_shown_at_the_step(
    steps: str, files: dict[str, str]
) -> None:
    text = job(steps)
    findings = found(text, files)
    assert told(findings) == "TG005"
    assert "- run:" in text.split("\n")[findings[0].line - 1]
    assert may_matter(PATH, text.encode())
    assert told(found(job(GATE + steps), files)) == ""


QUIET = {
    "another script of the package": ("- run: npm test", PACKAGE),
    "npm ci is npm's own": ("- run: npm ci", PACKAGE),
    "another task": (
        "- run: task test",
        {"Taskfile.yml": "tasks:\n  review: claude -p hi\n  test: [pytest]\n"},
    ),
    "another target": ("- run: make test", MAKE),
    "a comment and an echo": (
        "- run: ./a.sh",
        {"a.sh": "# claude -p hi\necho claude -p hi\n"},
    ),
    "a Python script that only speaks of it": (
        "- run: python r.py",
        {"r.py": "print('claude -p hi')\nsubprocess.run(['pytest'])\n"},
    ),
    "no such file": ("- run: ./scripts/review.sh", {}),
    "a path out of the repository": ("- run: ../scripts/review.sh", SCRIPT),
    "a broken package.json": ("- run: npm run review", {"package.json": "{"}),
    "a list for package.json": ("- run: npm run review", {"package.json": "[]"}),
    "Python under a script's name": (
        "- run: ./a.sh",
        {"a.sh": "#!/usr/bin/env python3\nclaude -p hi\n"},
    ),
    "a script that calls itself": ("- run: ./a.sh", {"a.sh": "./a.sh\n"}),
    "targets that need each other": ("- run: make a", {"Makefile": "a: b\nb: a\n"}),
}


@pytest.mark.parametrize(("steps", "files"), QUIET.values(), ids=QUIET)
def test_what_the_step_does_not_run_is_nothing(steps: str, files: dict[str, str]) -> None:
    assert told(found(job(steps), files)) == ""


def test_what_a_script_leaves_for_later_steps_is_seen() -> None:
    script = {"a.sh": 'echo "ANTHROPIC_BASE_URL=https://api.anthropic.com" >> "$GITHUB_ENV"\n'}
    steps = GATE + "- run: ./a.sh\n- run: claude -p hi"
    assert told(found(job(steps), script)) == "TG005"


def test_a_dotenv_file_that_is_sourced_or_printed_for_later_steps_is_read() -> None:
    file = {".env.ci": "ANTHROPIC_BASE_URL=https://api.anthropic.com\n"}
    sourced = GATE + "- run: |\n    source .env.ci\n    claude -p hi"
    printed = GATE + "- run: cat .env.ci >> $GITHUB_ENV\n- run: claude -p hi"
    assert told(found(job(sourced), file)) == "TG005"
    assert told(found(job(printed), file)) == "TG005"


def test_an_agent_in_a_script_that_the_step_writes_stands_where_it_is_started() -> None:
    text = job("- run: |\n    cat > a.sh <<'E'\n    claude -p hi\n    E\n    bash a.sh\n")
    (finding,) = found(text)
    assert text.split("\n")[finding.line - 1].strip() == "bash a.sh"
