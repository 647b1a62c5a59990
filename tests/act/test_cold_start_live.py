"""The environment as a runner builds it: from the package index, in a job."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.act.harness import Act, ship
from tests.hooks.stand_in import plant

pytestmark = pytest.mark.live

WORKFLOW = """
on: pull_request
jobs:
  review:
    runs-on: ubuntu-latest
    steps:
      - uses: org/ci-tokengate@v1
        id: gate
        with: {python: "${{ vars.PYTHON }}"}
"""
BASE: str = getattr(sys, "_base_executable", sys.executable)
NETWORK = ("PIP_", "UV_", "SSL_", "HTTP", "NO_PROXY", "REQUESTS_")


def test_a_job_builds_the_environment_and_its_packages_import(act: Act, tmp_path: Path) -> None:
    action = plant(ship(tmp_path / "action"))
    half = action / "src" / "ci_tokengate" / "action.py"
    half.write_text("import github, httpx, pydantic, ruamel.yaml\n" + half.read_text())
    (tmp_path / "tools").mkdir()
    run = act.run(
        WORKFLOW,
        action=action,
        tools=tmp_path / "tools",
        variables={"PYTHON": BASE},
        host_env={k: v for k, v in os.environ.items() if k.upper().startswith(NETWORK)},
        timeout=180,
    )
    assert run.step("gate").result == "success", run.log
    assert run.step("gate", "Post").result == "success"
    [folder] = [p for p in (tmp_path / "tools" / "ci-tokengate").iterdir() if p.is_dir()]
    assert (folder / ".complete").exists()
