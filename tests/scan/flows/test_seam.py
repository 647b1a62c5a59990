"""What a commit pays for that holds no flow."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from ci_tokengate.scan.flows import Options, check, may_matter
from ci_tokengate.scan.flows.agents.actions import ACTIONS, WORKFLOWS
from ci_tokengate.scan.flows.agents.commands import PROGRAMS
from ci_tokengate.scan.flows.names import _PROVIDERS as PROVIDERS

_LOOK = """
import sys
before = set(sys.modules)
from ci_tokengate.scan.flows import Options, check, may_matter
assert may_matter(".github/workflows/w.yml", b"run: claude -p hi")
assert not may_matter("README.md", b"claude https://api.openai.com")
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
assert loaded & {"yaml", "click", "pydantic", "httpx", "ruamel", "json"} == set(), loaded
"""


def test_the_first_look_imports_the_standard_library_only() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", _LOOK], capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""


def test_the_first_look_is_by_path_and_literals() -> None:
    assert may_matter("a.py", b'base_url = "https://API.OpenAI.com/v1"')
    assert not may_matter("a.py", b"import openai")
    assert not may_matter(
        ".github/workflows/w.yml", b"on: push\njobs: {a: {runs-on: x, steps: [{run: true}]}}"
    )
    assert may_matter("pkg/.github/workflows/w.yaml", b"uses: openai/codex-action@v1")


@pytest.mark.parametrize("name", [*PROGRAMS, "gh", "acli"])
def test_a_workflow_with_any_agent_of_the_table_is_looked_at(name: str) -> None:
    program = PROGRAMS.get(name)
    words = {"gh": "agent-task create x", "acli": "rovodev run x"}.get(name) or (
        program.needs[0] if program and program.needs else "x"
    )
    text = (
        f"on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n      - run: {name} {words}\n".encode()
    )
    assert may_matter(".github/workflows/w.yml", text)
    assert list(check({".github/workflows/w.yml": text}, read=lambda _: None, options=Options()))


@pytest.mark.parametrize("name", [*ACTIONS, *WORKFLOWS, "actions/ai-inference"])
def test_a_workflow_with_any_action_of_the_table_is_looked_at(name: str) -> None:
    text = f"on: push\njobs:\n  j:\n    runs-on: x\n    steps: [{{uses: {name}@v1}}]\n".encode()
    if name in WORKFLOWS:
        text = f"on: push\njobs:\n  j: {{uses: {name}@v1}}\n".encode()
    assert may_matter(".github/workflows/w.yml", text)
    assert list(check({".github/workflows/w.yml": text}, read=lambda _: None, options=Options()))


@pytest.mark.parametrize("words", [words for _, words in PROVIDERS])
def test_a_workflow_with_any_providers_key_is_looked_at(words: str) -> None:
    for name in (re.sub(r"\(\?:|\)\??|\?|\\\\d\\*", "", word) for word in words.split("|")):
        text = f"on: push\njobs:\n  j:\n    steps: [{{run: x, env: {{{name}_TOKEN: '${{{{ secrets.A }}}}'}}}}]\n".encode()
        assert may_matter(".github/workflows/w.yml", text)


def test_a_workflow_that_only_uses_what_is_beside_it_is_looked_at() -> None:
    for line in (
        b"uses: ./.github/actions/x",
        b"uses: './x'",
        b"secrets: inherit",
        b"env: {A: '${{ toJSON(secrets) }}'}",
    ):
        assert may_matter(".github/workflows/w.yml", line)


def test_a_workflow_that_may_run_a_file_is_parsed_only_if_the_file_names_an_agent() -> None:
    """A parse of a file that is no YAML would be a note."""
    broken = b"on: push\njobs: [\n  run: make test && ./a.sh"
    for files, notes in (({}, 1), ({"a.sh": b"true"}, 0), ({"a.sh": b"codex exec x"}, 1), ({"a.sh": b"true", "Makefile": b"a:\n\tclaude -p x"}, 1)):  # fmt: skip
        assert may_matter(".github/workflows/w.yml", broken)
        found = list(check({".github/workflows/w.yml": broken}, read=files.get, options=Options()))
        assert len(found) == notes
