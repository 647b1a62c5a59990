"""mode: scan, as a step of a job."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest

from tests.act.harness import Act
from tests.act.world import World, sandbox_world
from tests.scan.keys.samples import SAMPLES

KEY = SAMPLES[0].make(random.Random("act"))
JOB = """
on: pull_request
jobs:
  scan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: org/ci-tokengate@v1
        id: scan
        with: {mode: scan, sarif-file: found.sarif}
      - {id: upload, if: always(), run: 'cat found.sarif > $KEPT || true'}
"""
POLICY = """\
version: 1
teams: {t: {plan: 1}}
use-cases: {u: {models: [m], cap-per-run: 1}}
scan: {exclude: [fixtures]}
"""


@pytest.fixture
def world() -> Iterator[World]:
    with sandbox_world() as made:
        yield made


def test_a_key_fails_the_step_with_an_annotation_on_its_line_a_summary_and_sarif(
    act: Act, world: World
) -> None:
    files = {"app.py": f"x = 1\nKEY = '{KEY}'\n", "fixtures/k.py": f"KEY = '{KEY}'\n"}
    world.policy(POLICY)
    run = world.run(act, JOB, files=files)
    assert run.step("scan").result == "failure"
    assert run.outputs("scan") == {"findings": "1", "verdict": "block"}
    [found] = [a for a in run.annotations if a.level == "error"]
    assert found.title == "TG001 anthropic"
    assert "An Anthropic API key is written here." in found.message
    assert any("app.py:2" in summary for summary in run.summaries)
    assert "fixtures/k.py" in run.log
    sarif = json.loads((act.folder / "kept").read_text())
    assert [r["ruleId"] for r in sarif["runs"][0]["results"]] == ["TG001"]
    assert KEY not in run.text
    assert KEY not in json.dumps(sarif)


def test_a_clean_checkout_passes_without_any_secret_or_policy(act: Act, world: World) -> None:
    world.github.files.clear()
    run = world.run(act, JOB, files={"app.py": "x = 1\n"})
    assert run.step("scan").result == "success"
    assert run.outputs("scan") == {"findings": "0", "verdict": "allow"}


def test_a_pull_request_cannot_exclude_itself(act: Act, world: World) -> None:
    """The policy in the checkout says one thing, the one at the base another."""
    own = POLICY.replace("[fixtures]", "['*']")
    files = {"app.py": f"KEY = '{KEY}'\n", ".github/tokengate.yml": own}
    world.policy(POLICY)
    run = world.run(act, JOB, files=files)
    assert run.step("scan").result == "failure"


def test_a_link_that_a_pull_request_brings_is_not_written_through(act: Act, world: World) -> None:
    world.policy(POLICY)
    target = act.folder / "authorized_keys"
    target.write_text("mine\n")
    checkout = "      - uses: actions/checkout@v5\n"
    linked = JOB.replace(checkout, f"{checkout}      - run: ln -s {target} found.sarif\n")
    run = world.run(act, linked, files={"app.py": f"KEY = '{KEY}'\n"})
    assert run.step("scan").result == "failure"
    assert target.read_text() == "mine\n"
    assert json.loads((act.folder / "kept").read_text())["version"] == "2.1.0"
