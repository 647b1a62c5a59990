"""`scan`: files that use each other are judged together."""

from __future__ import annotations

import subprocess
from pathlib import Path

from click.testing import CliRunner

from ci_tokengate.cli.app import app
from tests.scan.flows.cases import GATE, job

ACTION = "name: r\nruns:\n  using: composite\n  steps:\n    - {shell: bash, run: claude -p hi}\n"


def _scan(folder: Path, steps: str) -> tuple[int, str]:
    (folder / ".github/actions/review").mkdir(parents=True, exist_ok=True)
    (folder / ".github/workflows").mkdir(parents=True, exist_ok=True)
    (folder / ".github/actions/review/action.yml").write_text(ACTION)
    (folder / ".github/workflows/w.yml").write_text(job(steps))
    subprocess.run(["git", "init", "-q", str(folder)], check=True, timeout=60)
    done = CliRunner().invoke(app, ["scan", str(folder)], obj={})
    return done.exit_code, done.output


def test_an_action_whose_user_is_gated_is_not_asked_for_a_gate_of_its_own(tmp_path: Path) -> None:
    assert _scan(tmp_path, GATE + "- uses: ./.github/actions/review") == (
        0,
        "✔ Nothing found in 2 files.\n",
    )
    code, output = _scan(tmp_path, "- uses: ./.github/actions/review")
    assert code == 1
    assert "TG005" in output
