"""The real Claude Code as the agent's step of a job, under act, on a real LiteLLM."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.act.harness import Act
from tests.act.world import POLICY, World, workflow
from tests.live.agents.install import node_programs
from tests.live.environment import live_proxy

pytestmark = [pytest.mark.live, pytest.mark.agents]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with live_proxy() as made:
        made.policy(POLICY)
        yield made


def claude(prompt: str, *options: str) -> str:
    """A step as a workflow has it; IS_SANDBOX lets it use its tools as root."""
    program = node_programs() / "claude"
    command = f'{program} -p "{prompt}" --dangerously-skip-permissions {" ".join(options)}'
    return f"{{id: agent, env: {{IS_SANDBOX: '1'}}, run: '{command} < /dev/null'}}"


def test_it_works_through_a_tool_loop_under_the_job_key(act: Act, world: World) -> None:
    run = world.start(
        act, workflow(claude("review in=1000 out=50 turns=2"), tools="claude-code")
    ).finish(120)
    assert run.exit_code == 0, run.text
    assert "fake answer" in run.step("agent").log
    rows = world.rows(run.outputs("gate")["key-id"], at_least=3)
    assert {(r["status"], r["model_group"]) for r in rows} == {("success", "claude-sonnet")}
    assert len(rows) >= 3


def test_a_stronger_model_asked_for_is_served_and_billed_as_the_policys(
    act: Act, world: World
) -> None:
    step = claude("review in=1000 out=50 turns=1", "--model claude-sonnet")
    run = world.start(act, workflow(step, tools="claude-code", use_case="routed")).finish(120)
    assert run.exit_code == 0, run.text
    rows = world.rows(run.outputs("gate")["key-id"], at_least=2)
    assert {r["model_group"] for r in rows} == {"claude-haiku"}


def test_running_into_its_cap_it_stops_and_the_job_says_why(act: Act, world: World) -> None:
    step = claude("review in=2000 out=100 turns=3")
    run = world.start(
        act, workflow(step, tools="claude-code", max_budget="0.006"), run_id="81"
    ).finish(120)
    assert run.step("agent").result == "failure"
    assert run.step("agent").seconds < 60
    told = [a.message for a in run.annotations if a.stage == "Post"]
    assert "ran into its cap of $0.006" in told[0]
    assert world.live_aliases("81") == []
