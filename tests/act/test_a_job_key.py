"""A job's key from verdict to revocation: act runs the whole action, on the sandbox and on a real LiteLLM."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from tests.act.harness import PAYLOADS, Act, Run
from tests.act.world import (
    POLICY,
    REPOSITORY,
    World,
    call,
    message,
    sandbox_world,
    workflow,
)
from tests.live.environment import live_proxy
from tests.stage.relay import Relay, Rule, Way, running_relay

KEEP = """{id: keep, run: 'printf %s "$ANTHROPIC_AUTH_TOKEN" > "$KEPT"'}"""
"""Saves the key where the test can read it, so that it can show that it is dead."""


@pytest.fixture(scope="module", params=["sandbox", pytest.param("live", marks=pytest.mark.live)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with sandbox_world() if request.param == "sandbox" else live_proxy() as made:
        made.policy(POLICY)
        yield made


def kept(run: Run) -> str:
    return (run.workspace.parent.parent / "kept").read_text()


def test_the_key_is_wired_masked_spends_and_is_refused_afterwards(
    act: Act, world: World, shipped: Path
) -> None:
    run = world.run(
        act,
        workflow(
            KEEP,
            "{id: leak, run: 'echo the key is $ANTHROPIC_AUTH_TOKEN and $OPENAI_API_KEY'}",
            call("plain", "/v1/messages", **message("in=900 out=40")),
            call("stream", "/v1/messages", **message("in=700 out=30", stream=True)),
            call("chat", "/v1/chat/completions", **message("in=500 out=20")),
        ),
        action=shipped,
    )
    key, outputs = kept(run), run.outputs("gate")
    assert run.exit_code == 0, run.text
    assert [run.step(s).log.split()[1] for s in ("plain", "stream", "chat")] == ["200"] * 3
    assert run.step("leak").log == "the key is *** and ***\n"
    # act tells of each mask and each variable it is given; a runner shows neither.
    told = [e for e in run.events if e.get("command") not in ("add-mask", "set-env")]
    assert [e for e in told if key in str(e)] == []
    assert outputs["key-id"] == hashlib.sha256(key.encode()).hexdigest()
    assert (outputs["allowed"], outputs["tier"], outputs["cap-usd"]) == ("true", "green", "2")
    assert "key" not in outputs
    rows = world.rows(outputs["key-id"], at_least=3)
    assert {r["status"] for r in rows} == {"success"}
    assert all(r["spend"] > 0 for r in rows)
    assert all(f"pr:{REPOSITORY}#2" in r["request_tags"] for r in rows)
    assert world.status_of(key) == 401
    assert "may run code-review" in run.summaries[0]


def test_after_a_failing_step_the_key_is_dead(act: Act, world: World) -> None:
    run = world.run(act, workflow(KEEP, "{id: bad, run: 'exit 3'}"))
    assert run.job_result("review") == "failure"
    assert run.step("gate", "Post").result == "success"
    assert world.status_of(kept(run)) == 401


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_after_an_interruption_the_key_is_dead(
    act: Act, world: World, number: signal.Signals
) -> None:
    running = world.start(act, workflow(KEEP, "{id: agent, run: 'echo busy now; sleep 30'}"))
    running.wait_for("busy now")
    running.interrupt(number)
    run = running.finish()
    assert run.step("gate", "Post").result == "success", run.text
    assert world.status_of(kept(run)) == 401


@pytest.mark.parametrize("after", [False, True], ids=["before it took effect", "after it did"])
def test_a_job_interrupted_in_mid_mint_leaves_no_key(act: Act, world: World, after: bool) -> None:
    """The mint is held in the network while the job is cancelled, and only then let through."""
    run_id = f"31{int(after)}"
    with running_relay(world.url) as relay:
        rule = relay.add("/key/generate", Way.LATE if after else Way.HOLD)
        running = world.start(act, workflow(), url=relay.url, run_id=run_id)
        assert rule.came.wait(30)
        running.interrupt()
        run = running.finish()
        rule.release.set()
        answered = settled(relay, mints=1 if after else 2)
    assert run.step("gate", "Post").result == "success", run.text
    assert answered == ([200] if after else [200, 400])  # the tombstone, then the late mint
    assert world.live_aliases(run_id) == []


def settled(relay: Relay, *, mints: int) -> list[int]:
    """What the mints were answered, once all of them have come through."""
    for _ in range(100):
        found = [status for path, status in relay.answered if path == "/key/generate"]
        if len(found) >= mints:
            break
        time.sleep(0.1)
    return found


def test_with_the_python_environment_deleted_the_key_is_revoked_all_the_same(
    act: Act, world: World, tools: Path, tmp_path: Path
) -> None:
    own = tmp_path / "tools"
    shutil.copytree(tools, own, symlinks=True)
    run = world.run(
        act,
        workflow(KEEP, "{id: wipe, run: 'rm -rf \"$RUNNER_TOOL_CACHE/ci-tokengate\"/*'}"),
        tools=own,
    )
    assert run.step("gate", "Post").result == "success", run.text
    assert "was gone" in next(a for a in run.annotations if a.stage == "Post").message
    assert world.status_of(kept(run)) == 401


POISON = """run: |
          echo 'import os; print("POISON"); os._exit(0)' > sitecustomize.py
          echo 'globalThis.fetch = () => { throw new Error("POISON") }' > poison.cjs
          mkdir bin; for p in python3 python uv git; do printf '#!/bin/sh\\necho POISON\\n' > bin/$p; done; chmod +x bin/*
          { echo "PYTHONPATH=$PWD"; echo "NODE_OPTIONS=--require $PWD/poison.cjs"; echo "SSL_CERT_FILE=/nonexistent"
            echo "HTTPS_PROXY=http://127.0.0.1:9"; echo "HTTP_PROXY=http://127.0.0.1:9"; echo "LD_PRELOAD="
            echo "STATE_alias=forged"; echo "STATE_proxy-url=http://127.0.0.1:9"; } >> $GITHUB_ENV
          echo "$PWD/bin" >> $GITHUB_PATH"""


@pytest.mark.parametrize("wiped", [False, True], ids=["with Python", "with fetch alone"])
def test_a_later_step_cannot_poison_the_revocation(
    act: Act, world: World, tools: Path, tmp_path: Path, wiped: bool
) -> None:
    own = tmp_path / "tools"
    shutil.copytree(tools, own, symlinks=True)
    steps = [KEEP, POISON]
    if wiped:
        steps.insert(1, "{run: 'rm -rf \"$RUNNER_TOOL_CACHE/ci-tokengate\"/*'}")
    run = world.run(act, workflow(*steps), tools=own)
    post = run.step("gate", "Post")
    assert post.result == "success", run.text
    assert "POISON" not in post.log
    assert world.status_of(kept(run)) == 401


BUSY = "{id: agent, run: 'echo busy now; sleep 30'}"
WAITING = {"in mid-mint": [], "after the mint": [], "in the agent's step": [BUSY], "in post": []}


def held_at(relay: Relay, point: str) -> Rule | None:
    """Stops the job at that point by not letting its request through; the step waits by itself."""
    if point == "in mid-mint":
        return relay.add("/key/generate", Way.LATE)
    path = {"after the mint": "/model_group/info", "in post": "/key/delete"}.get(point)
    return relay.add(path, Way.HOLD) if path else None


@pytest.mark.parametrize(
    "point", ["in mid-mint", "after the mint", "in the agent's step", "in post"]
)
def test_a_job_killed_at_any_point_is_swept(act: Act, world: World, point: str) -> None:
    """SIGKILL for everything: no post. The sweeper finds the key by its alias, its run is over."""
    run_id = str(4000 + len(point))
    with running_relay(world.url) as relay:
        rule = held_at(relay, point)
        running = world.start(act, workflow(*WAITING[point]), url=relay.url, run_id=run_id)
        if rule is None:
            running.wait_for("busy now")
        else:
            assert rule.came.wait(30)
            assert rule.way is Way.HOLD or settled(relay, mints=1)
        running.vanish()
        running.finish()
        relay.upstream_is_gone()  # what was held never arrives
    left = world.live_aliases(run_id)
    assert len(left) == 1
    world.github.runs[run_id] = {
        "id": int(run_id),
        "status": "completed",
        "run_attempt": 1,
        "url": f"{world.api}/repos/{REPOSITORY}/actions/runs/{run_id}",
    }
    told = tokengate(world, "sweep")
    assert f"revoked       {left[0]}" in told
    assert world.live_aliases(run_id) == []


def tokengate(world: World, *arguments: str) -> str:
    """The command line as on a machine of the platform's engineers; its standard output."""
    env = {
        "PATH": os.environ["PATH"],
        "TOKENGATE_PROXY_URL": world.url,
        "TOKENGATE_PROXY_KEY": world.minter_key,
        "GITHUB_API_URL": world.api,
        "GITHUB_TOKEN": "ghs_canary0123456789",
        "GITHUB_REPOSITORY": REPOSITORY,
    }
    done = subprocess.run(
        [sys.executable, "-m", "ci_tokengate", *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_past_the_hard_stop_there_is_no_key_but_figures_a_date_and_a_way_out(
    act: Act, world: World
) -> None:
    spend_something(world, "search-squad")
    run = world.run(act, workflow("{id: agent, run: 'true'}", team="search-squad"), run_id="51")
    [annotation] = [a for a in run.annotations if a.level == "error"]
    assert run.step("gate").result == "failure"
    assert not run.ran("agent") or run.step("agent").result == "skipped"
    assert re.search(r"past its hard stop: \$[\d.,]+ of \$0\.000001", annotation.message)
    assert re.search(r"The budget resets on 1 \w\w\w 00:00 UTC", annotation.message)
    assert "For an exception" in annotation.message
    assert world.live_aliases("51") == []


def spend_something(world: World, team: str) -> None:
    """On the sandbox the team starts beyond its plan; on a real proxy it has to spend first."""
    if world.sandbox:
        return
    headers = {"authorization": f"Bearer {world.minter_key}"}
    body = {"team_id": team, "duration": "1m", "max_budget": 1, "user_id": "ci-minter"}
    key = httpx.post(f"{world.url}/key/generate", json=body, headers=headers).json()
    world.status_of(key["key"])
    world.rows(key["token"], at_least=1)
    for _ in range(100):
        if world.get("/team/info", team_id=team, key_limit="1")["team_info"]["spend"] > 0:
            return
        time.sleep(0.2)
    raise AssertionError("the team's spend did not move")


def test_skip_lets_the_job_go_on_without_a_key(act: Act, world: World) -> None:
    spend_something(world, "search-squad")
    run = world.run(
        act,
        workflow(
            "{id: agent, if: 'steps.gate.outputs.allowed == ''true''', run: 'echo agent'}",
            "{id: next, run: 'echo goes on'}",
            team="search-squad",
            on_hard_stop="skip",
        ),
        run_id="52",
    )
    assert run.exit_code == 0, run.text
    assert run.outputs("gate")["allowed"] == "false"
    assert run.outputs("gate")["verdict"] == "block"
    assert run.step("next").log == "goes on\n"
    assert not run.ran("agent") or run.step("agent").result == "skipped"


def test_a_use_case_that_is_not_agentic_gets_its_key_past_the_hard_stop(
    act: Act, world: World
) -> None:
    spend_something(world, "search-squad")
    run = world.run(act, workflow(team="search-squad", use_case="embeddings-test", tools="openai"))
    assert run.exit_code == 0, run.text
    outputs = run.outputs("gate")
    assert (outputs["verdict"], outputs["tier"], outputs["cap-usd"]) == ("warn", "hard-stop", "0.2")


@pytest.mark.parametrize("on_cap", ["warn", "fail"])
def test_a_cap_that_was_hit_is_said_even_where_the_agents_step_is_green(
    act: Act, world: World, on_cap: str
) -> None:
    calls = [call(f"c{i}", "/v1/messages", **message("in=9000 out=10")) for i in range(4)]
    run = world.run(act, workflow(*calls, max_budget="0.01", on_cap=on_cap))
    statuses = [run.step(f"c{i}").log.split()[1] for i in range(4)]
    refused = sum(status != "200" for status in statuses)
    assert refused >= 2
    [told] = [a for a in run.annotations if a.stage == "Post"]
    assert told.level == ("error" if on_cap == "fail" else "warning")
    assert f"ran into its cap of $0.01: {refused} calls were refused" in told.message
    assert "`cap-per-run`" in told.message
    assert run.exit_code == (1 if on_cap == "fail" else 0)
    assert any("ran into its cap" in s for s in run.summaries)


def test_over_several_runs_a_pull_request_gets_what_is_left_and_then_nothing(
    act: Act, world: World
) -> None:
    number = int(time.time()) % 10**8  # a pull request that no earlier run has spent on
    payload = json.loads((PAYLOADS / "pull_request.opened.json").read_text())
    payload["pull_request"]["number"] = payload["number"] = number
    world.policy(
        POLICY.replace("cap-per-run: 2.00, ttl", "cap-per-run: 0.03, cap-per-pr: 0.05, ttl")
    )
    caps, spent = [], []
    for turn in range(3):
        step = call("c", "/v1/messages", **message("in=9000 out=200"))  # $0.03 on Sonnet 4.5
        run = world.run(act, workflow(step), payload=payload, run_id=f"9{turn}{number}")
        caps.append(run.outputs("gate")["cap-usd"])
        if key_id := run.outputs("gate").get("key-id"):
            rows = world.rows(
                key_id, at_least=2
            )  # the call, and post's question whether the cap is hit
            spent += [Decimal(str(r["spend"])) for r in rows if r["status"] == "success"]
    world.policy(POLICY)
    assert spent == [Decimal("0.03")] * 2
    assert caps == ["0.03", "0.02", ""]
    assert run.step("gate").result == "failure"
    assert "Nothing is left of the $0.05 that this pull request may spend" in run.summaries[0]
    assert "$0.06 is spent" in run.summaries[0]


def test_a_key_that_nobody_revokes_ends_by_its_lifetime(world: World, tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text(POLICY)
    told = json.loads(
        tokengate(
            world, "mint", "--ttl", "2s", "--format", "json", "--policy", f"{tmp_path}/policy.yml"
        )
    )
    assert world.status_of(told["key"]) == 200
    for _ in range(100):
        if world.status_of(told["key"]) == 401:
            break
        time.sleep(0.2)
    answer = world.call(told["key"])
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "expired_key")


def test_a_route_in_the_policy_is_served_and_billed_as_the_cheaper_model(
    act: Act, world: World
) -> None:
    run = world.run(
        act, workflow(call("c", "/v1/messages", **message("in=900 out=40")), use_case="routed")
    )
    assert run.step("c").log.startswith("status 200"), run.text
    [row] = world.rows(run.outputs("gate")["key-id"], at_least=1)
    assert row["model_group"] == "claude-haiku"


@pytest.mark.parametrize(
    "payload", ["pull_request.opened.fork", "pull_request.opened.fork-deleted"]
)
def test_forks_get_no_key_and_the_job_ends_well(act: Act, world: World, payload: str) -> None:
    run = world.run(act, workflow(), payload=payload, run_id="61")
    assert run.exit_code == 0, run.text
    assert run.outputs("gate")["allowed"] == "false"
    assert "comes from a fork" in run.summaries[0]
    assert world.live_aliases("61") == []


def test_a_pull_request_that_raises_its_own_budget_does_not_get_it(act: Act, world: World) -> None:
    raised = POLICY.replace("cap-per-run: 2.00", "cap-per-run: 500.00")
    run = world.run(act, workflow(), files={".github/tokengate.yml": raised})
    assert run.exit_code == 0, run.text
    assert run.outputs("gate")["cap-usd"] == "2"


def test_export_output_puts_the_key_into_the_output_only(act: Act, world: World) -> None:
    run = world.run(
        act,
        workflow(
            "{id: look, run: 'echo env:$ANTHROPIC_AUTH_TOKEN:'}",
            "{id: use, env: {K: '${{ steps.gate.outputs.key }}'}, run: 'printf %s $K > $KEPT'}",
            export="output",
        ),
    )
    assert run.step("look").log == "env::\n"
    assert kept(run).startswith("sk-")
    assert kept(run) not in run.log
    assert world.status_of(kept(run)) == 401


def test_mode_gate_decides_and_mints_nothing(act: Act, world: World) -> None:
    run = world.run(act, workflow(mode="gate"), run_id="71")
    assert run.exit_code == 0, run.text
    assert run.outputs("gate")["allowed"] == "true"
    assert "key-id" not in run.outputs("gate")
    assert world.live_aliases("71") == []
