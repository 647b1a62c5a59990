"""Each tool's whole wiring, as a golden file. `TOKENGATE_WRITE_GOLDEN=1` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.registry import TOOLS
from ci_tokengate.core.tools.tool import Tool

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tool_is_wired_as_written_down(tool: Tool, access: Access) -> None:
    wiring = tool.wiring(access)
    files = "".join(f"\n--- {path}\n{text}" for path, text in wiring.files.items())
    text = json.dumps(dict(wiring.env), indent=2, sort_keys=True) + "\n" + files
    path = GOLDEN / f"{tool.name}.txt"
    if os.environ.get("TOKENGATE_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {tool.name for tool in TOOLS}
