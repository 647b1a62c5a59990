"""The two shims as steps of a job, with a stand-in for the Python half."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.act.harness import Act, prepare_tools, ship
from tests.hooks.proxy_double import ProxyDouble
from tests.hooks.stand_in import ALIAS, KEY_ID, plant


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant(ship(tmp_path_factory.mktemp("stand-in")))


@pytest.fixture
def proxy() -> Iterator[ProxyDouble]:
    with ProxyDouble() as double:
        yield double


def workflow(*later: str, team: str = "") -> str:
    steps = "".join(f"\n      - {step}" for step in later)
    return f"""
on: pull_request
jobs:
  review:
    runs-on: ubuntu-latest
    steps:
      - uses: org/ci-tokengate@v1
        id: gate
        with:
          proxy-url: ${{{{ vars.PROXY }}}}
          proxy-key: ${{{{ secrets.MINTER }}}}
          team: "{team}"{steps}
"""


SECRETS = {"MINTER": "sk-minter-secret"}


def test_main_and_post_run_and_the_job_sees_outputs_and_summary(act: Act, stand_in: Path) -> None:
    run = act.run(
        workflow("{run: 'echo got ${{ steps.gate.outputs.allowed }}', id: next}"),
        action=stand_in,
        secrets=SECRETS,
    )
    assert run.exit_code == 0
    assert [(s.id, s.stage, s.result) for s in run.steps] == [
        ("gate", "Main", "success"),
        ("next", "Main", "success"),
        ("gate", "Post", "success"),
    ]
    assert run.outputs("gate") == {"allowed": "true"}
    assert run.step("next").log == "got true\n"
    assert run.step("gate", "Post").log == "post by python\n"
    assert run.summaries == ["# One summary\n"]
    assert "sk-job" not in run.log
    assert "sk-minter" not in run.text


def test_post_runs_after_a_failing_step(act: Act, stand_in: Path) -> None:
    run = act.run(workflow("{run: exit 3, id: agent}"), action=stand_in, secrets=SECRETS)
    assert run.step("agent").result == "failure"
    assert run.step("gate", "Post").result == "success"
    assert run.job_result("review") == "failure"


def test_the_exit_code_of_python_fails_the_step_and_post_still_runs(
    act: Act, stand_in: Path
) -> None:
    run = act.run(workflow(team="1"), action=stand_in, secrets=SECRETS)
    assert run.step("gate").result == "failure"
    assert run.step("gate", "Post").result == "failure"


def test_a_job_cancelled_in_mid_mint_leaves_a_tombstone(
    act: Act, stand_in: Path, proxy: ProxyDouble
) -> None:
    """act kills the step at once: Python is gone, the state it wrote before the call is there."""
    proxy.answers(404, "No keys found")
    proxy.answers(200, "{}")
    running = act.start(
        workflow("{run: 'true'}", team="mid-mint"),
        action=stand_in,
        secrets=SECRETS,
        variables={"PROXY": proxy.url},
    )
    running.wait_for("minting")
    running.interrupt()
    run = running.finish()
    assert run.step("gate", "Post").result == "success"
    assert [r.path for r in proxy.requests] == ["/key/delete", "/key/generate"]
    assert proxy.requests[0].body == {"key_aliases": [ALIAS]}
    assert proxy.requests[1].body["key_alias"] == ALIAS


def test_a_later_step_can_neither_break_python_nor_forge_the_state(
    act: Act, stand_in: Path
) -> None:
    poison = """
          echo 'import os; print("POISON"); os._exit(0)' > sitecustomize.py
          mkdir bin; printf '#!/bin/sh\\necho POISON\\n' > bin/python3; cp bin/python3 bin/node.sh; chmod +x bin/*
          { echo "PYTHONPATH=$PWD"; echo "PYTHONSTARTUP=$PWD/sitecustomize.py"; echo "SSL_CERT_FILE=/nonexistent"
            echo "HTTPS_PROXY=http://127.0.0.1:9"; echo "STATE_python=$PWD/bin/python3"; echo "STATE_folder=$HOME"
            echo "STATE_alias=forged"; } >> $GITHUB_ENV
          echo "$PWD/bin" >> $GITHUB_PATH"""
    run = act.run(
        workflow(f"run: |{poison}", team=""),
        action=stand_in,
        secrets=SECRETS,
    )
    post = run.step("gate", "Post")
    assert (post.result, post.log) == ("success", "post by python\n")


def test_without_a_key_post_is_silent_even_if_a_later_step_forges_an_alias(
    act: Act, stand_in: Path
) -> None:
    run = act.run(
        workflow(
            'run: echo "STATE_alias=forged" >> $GITHUB_ENV; echo "STATE_python=/bin/sh" >> $GITHUB_ENV',
            team="none",
        ),
        action=stand_in,
        secrets=SECRETS,
    )
    post = run.step("gate", "Post")
    assert (post.result, post.log) == ("success", "")


def test_if_the_environment_is_deleted_the_key_is_revoked_directly(
    act: Act, stand_in: Path, proxy: ProxyDouble, tmp_path: Path
) -> None:
    proxy.answers(200, "{}")
    delete = 'run: rm -rf "$RUNNER_TOOL_CACHE/ci-tokengate"'
    own = prepare_tools(tmp_path / "own", stand_in)
    run = act.run(
        workflow(delete),
        action=stand_in,
        secrets=SECRETS,
        variables={"PROXY": proxy.url},
        tools=own,
    )
    assert run.step("gate", "Post").result == "success"
    assert [(r.path, r.body) for r in proxy.requests] == [("/key/delete", {"keys": [KEY_ID]})]
    [warning] = [a for a in run.annotations if a.stage == "Post"]
    assert warning.level == "warning"
    assert warning.message == (
        f"The Python environment of ci-tokengate was gone; the job key was revoked directly. ({ALIAS})"
    )


def test_if_the_machine_vanishes_nothing_revokes(
    act: Act, stand_in: Path, proxy: ProxyDouble
) -> None:
    """The bound is then the key's lifetime, and the sweeper."""
    running = act.start(
        workflow("run: echo working; sleep 30"),
        action=stand_in,
        secrets=SECRETS,
        variables={"PROXY": proxy.url},
    )
    running.wait_for("working\n")
    running.vanish()
    run = running.finish()
    assert not run.ran("gate", "Post")
    assert proxy.requests == []
