"""What a pull request names its files, or writes into them, is no command to the runner that prints it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from ci_tokengate.cli.app import app
from tests.scan.keys.samples import SAMPLES

KEY = SAMPLES[0].make(random.Random("commands"))
NAMES = (
    "::stop-commands::z.py",
    "##[add-mask]g.py",
    "a\n::add-matcher::m.json\n.py",
    "x ##[error]e.py",
)


def _is_command(line: str) -> bool:
    """As the runner decides (ActionCommand.TryParseV2, TryParse)."""
    return line.lstrip().startswith("::") or "##[" in line


@pytest.mark.parametrize("command", ["scan", "inventory"])
@pytest.mark.parametrize("name", NAMES)
def test_no_line_for_people_is_a_command_in_a_job(tmp_path: Path, name: str, command: str) -> None:
    code = f"import openai\n   ::add-mask::a  KEY='{KEY}' ##[error]\nc = openai.OpenAI()\n"
    (tmp_path / name).write_text(code)
    done = CliRunner().invoke(app, [command, str(tmp_path)], obj={"GITHUB_ACTIONS": "true"})
    assert "py:" in done.output
    assert [line for line in done.output.splitlines() if _is_command(line)] == []


def test_on_a_terminal_a_line_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.cpp").write_text(f'std::string key = "{KEY}";\n')
    done = CliRunner().invoke(app, ["scan", str(tmp_path)], obj={})
    assert "std::string" in done.output
