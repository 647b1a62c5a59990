"""No secret is in reach of a package's installation, nor of a step that has no use for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ci_tokengate import __version__

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))


def _jobs(file: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].values())


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_secrets_are_given_to_single_steps(file: Path) -> None:
    whole = yaml.safe_load(file.read_text(encoding="utf-8"))
    for holder in (whole, *_jobs(file)):
        assert "secrets." not in str(holder.get("env", ""))


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_what_is_installed_is_one_version_in_a_step_of_its_own(file: Path) -> None:
    steps = [step for job in _jobs(file) for step in job["steps"]]
    installing = [s for s in steps if "pipx" in s.get("run", "") or "npm " in s.get("run", "")]
    for step in installing:
        assert "env" not in step
        assert "==" in step["run"] or "@" in step["run"].rpartition("/")[2]
    calling = any("ci-tokengate " in s.get("run", "") for s in steps if s not in installing)
    own = [s["run"] for s in installing if "ci-tokengate" in s["run"]]
    assert bool(own) is calling
    assert all(run.rstrip("'").endswith(f"=={__version__}") for run in own)
