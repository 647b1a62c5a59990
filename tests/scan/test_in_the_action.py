"""What `mode: scan` says on a runner, when there is much of it or its names are hostile."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from ci_tokengate.action.scan import tell
from ci_tokengate.adapters.runner import GitHubRunner
from ci_tokengate.scan.finding import Finding, Level
from ci_tokengate.scan.found import Found
from ci_tokengate.scan.report import Report
from ci_tokengate.scan.text import LeftOut

FINDING = Finding(
    rule="TG001",
    level=Level.ERROR,
    path="a.py",
    line=1,
    column=1,
    end_column=2,
    message="A key is written here.",
    snippet="***",
    fingerprint="0" * 32,
)
HOSTILE = "x\n::set-env name=A::b\n##[error]\udcff.py"


def test_names_of_files_are_no_commands_and_bad_bytes_in_them_no_failure(tmp_path: Path) -> None:
    summary, raw = tmp_path / "summary", io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8")
    founds = [Found(finding=replace(FINDING, path=HOSTILE, line=n)) for n in range(1, 301)]
    left = (LeftOut(path=HOSTILE, why="binary file"),)
    tell(
        Report(founds=tuple(founds), left_out=left, texts=1),
        GitHubRunner({"GITHUB_STEP_SUMMARY": str(summary)}, out),
    )
    out.flush()
    lines = raw.getvalue().decode().splitlines()
    commands = [line for line in lines if line.lstrip().startswith("::")]
    assert len(commands) == 10
    assert all(line.startswith("::error file=x%0A%3A%3Aset-env") for line in commands)
    assert not any("##[" in line for line in lines if line not in commands)
    assert sum("TG001" in line for line in lines) == 300
    text = summary.read_text("utf-8")
    assert "and 100 more" in text
    assert "300 errors found in 1 file" in text
    assert len(text) < 1 << 20
