"""What is said about the tools in docs/compatibility.md is what was run, and all of it."""

from __future__ import annotations

import json

import pytest

from ci_tokengate.core.tools.registry import TOOLS
from ci_tokengate.core.tools.tool import Tool
from ci_tokengate.core.tools.unproxied import UNPROXIED
from tests.live.agents.clients import CLIENTS, HOSTILE
from tests.live.agents.compatibility import NOT_RUN, PAGE, RESULTS, render

each_tool = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)


def test_the_page_is_what_the_results_say() -> None:
    assert PAGE.read_text() == render(json.loads(RESULTS.read_text())), "run `make compatibility`"


@each_tool
def test_every_tool_has_a_row_proven_or_not(tool: Tool) -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{tool.name}` |")]
    assert rows


@each_tool
def test_a_tool_nobody_ran_is_marked_as_not_run(tool: Tool) -> None:
    page = render({})
    rows = [line for line in page.splitlines() if line.startswith(f"| `{tool.name}` |")]
    assert rows
    assert all(NOT_RUN in row for row in rows)


@pytest.mark.parametrize("name", UNPROXIED)
def test_every_tool_that_cannot_be_proxied_has_a_row(name: str) -> None:
    assert f"| `{name}` | " in PAGE.read_text()


@each_tool
def test_whatever_is_blanked_is_preset_in_the_proof_that_wiring_wins(tool: Tool) -> None:
    assert set(tool.blanks) <= set(HOSTILE)


def test_every_client_belongs_to_a_tool_and_has_a_name_of_its_own() -> None:
    assert {client.tool for client in CLIENTS} <= {tool.name for tool in TOOLS}
    assert len({client.name for client in CLIENTS}) == len(CLIENTS)
