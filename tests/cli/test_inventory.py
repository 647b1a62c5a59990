"""`ci-tokengate inventory`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from ci_tokengate.cli.app import app


def test_it_lists_places_of_a_folder_with_their_coverage(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from openai import OpenAI\nclient = OpenAI()\n")
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    workflow = (
        "on: push\njobs: {j: {runs-on: x, timeout-minutes: 5, steps: [{run: claude -p hi}]}}\n"
    )
    (tmp_path / ".github" / "workflows" / "w.yml").write_text(workflow)
    done = CliRunner().invoke(app, ["inventory", str(tmp_path)], obj={})
    assert done.exit_code == 0
    assert "0 of 2 places that call a model are proxied (0.0%); 1 direct, 1 unknown." in done.output
    done = CliRunner().invoke(app, ["inventory", "--format", "json", str(tmp_path)], obj={})
    assert [call["path"] for call in json.loads(done.output)["calls"]] == [
        ".github/workflows/w.yml",
        "a.py",
    ]
