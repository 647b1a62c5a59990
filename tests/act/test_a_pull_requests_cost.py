"""What a pull request cost, from the jobs' calls to the comment: act runs the whole action."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.act.harness import Act, Run
from tests.act.world import POLICY_PATH, REPOSITORY, World, call, message, sandbox_world
from tests.live.database import VARIABLE, database
from tests.live.environment import live_proxy
from tests.stage.entries import run_cli

POLICY = """\
version: 1
defaults: {team: payments-squad, use-case: code-review}
teams:
  payments-squad: {plan: 100000}
  search-squad: {plan: 0.000001}
use-cases:
  code-review: {models: [claude-sonnet], cap-per-run: 2.00, cap-per-pr: 10.00, ttl: 10m}
  triage: {models: [claude-haiku], cap-per-run: 2.00, ttl: 10m}
"""
GATE = """
          proxy-url: ${{ vars.PROXY }}
          proxy-key: ${{ secrets.MINTER }}
          github-token: ${{ secrets.GITHUB_TOKEN }}"""
RECORD = re.compile(r"<!-- ci-tokengate:record (\{.*?\}) -->")


@pytest.fixture(scope="module", params=["sandbox", pytest.param("live", marks=pytest.mark.live)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with sandbox_world() if request.param == "sandbox" else live_proxy() as made:
        made.policy(POLICY)
        yield made


@pytest.fixture
def event(world: World) -> Mapping[str, Any]:
    """A pull request of its own: a proxy that lives on has rows of earlier ones."""
    return world.pull(int(time.time() * 1000) % 10**9)


def number_of(event: Mapping[str, Any]) -> int:
    number: int = event["number"]
    return number


def job(
    name: str, *steps: str, matrix: str = "", use_case: str = "code-review", **more: str
) -> str:
    lines = "".join(f"\n      - {step}" for step in steps)
    given = "".join(f"\n          {k.replace('_', '-')}: {v}" for k, v in more.items())
    return f"""
  {name}:
    runs-on: ubuntu-latest{matrix}
    steps:
      - uses: actions/checkout@v5
      - uses: org/ci-tokengate@v1
        id: gate
        with:{GATE}
          use-case: {use_case}{given}{lines}
"""


def jobs(*those: str, on: str = "pull_request") -> str:
    return f"on: {on}\njobs:{''.join(those)}"


MATRIX = "\n    strategy: {matrix: {part: [one, two, three]}}"
SETTLE = job("settle").replace("          use-case: code-review", "          mode: settle")


def comments(world: World, event: Mapping[str, Any]) -> list[str]:
    return [c.body for c in world.github.comments_on(number_of(event))]


def record(body: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RECORD.findall(body)[-1])
    return found


def settle(world: World, act: Act, event: Mapping[str, Any]) -> Run:
    world.a_minute_later()
    return world.run(act, jobs(SETTLE), payload=event, run_id="900")


def by_night(world: World, act: Act) -> Run:
    """On a schedule; and on a real proxy so soon that settle has to wait until it has written its rows."""
    world.a_minute_later()

    def at(commit: str) -> None:
        with world.github.lock:
            world.github.files[(commit, POLICY_PATH)] = POLICY

    payload = {"repository": {"default_branch": "trunk", "full_name": REPOSITORY}}
    text = jobs(SETTLE, on="{schedule: [{cron: '23 3 * * *'}]}")
    return world.run(act, text, payload=payload, event="schedule", run_id="900", on_commit=at)


def of_the_command_line(world: World, number: int) -> dict[str, Any]:
    """`ci-tokengate cost --format json`, as anybody with the minting key asks."""
    env = {
        "PATH": os.environ["PATH"],
        "TOKENGATE_PROXY_URL": world.url,
        "TOKENGATE_PROXY_KEY": world.minter_key,
        "GITHUB_REPOSITORY": REPOSITORY,
    }
    done = run_cli(env, "cost", "--pr", str(number), "--wait", "60s", "--format", "json")
    assert done.code == 0, done.said
    found: dict[str, Any] = json.loads(done.out)
    return found


@pytest.mark.long
def test_matrix_second_workflow_and_rerun_make_one_comment_that_equals_the_proxys_sum(
    act: Act, world: World, event: Mapping[str, Any]
) -> None:
    review = job(
        "review",
        call("plain", "/v1/messages", **message("in=900 out=40")),
        call("stream", "/v1/messages", **message("in=700 out=30", stream=True)),
        call("cached", "/v1/messages", **message("in=500 out=20 cr=5000 cw=300")),
        matrix=MATRIX,
    )
    haiku = {**message("in=1100 out=33"), "model": "claude-haiku"}
    triage = job("triage", call("small", "/v1/messages", **haiku), use_case="triage")
    first = world.run(act, jobs(review), payload=event, run_id="801")
    second = world.run(act, jobs(triage), payload=event, run_id="802")
    again = world.run(act, jobs(triage), payload=event, run_id="802", attempt=2)
    assert [run.exit_code for run in (first, second, again)] == [0, 0, 0]
    assert len(comments(world, event)) == 1
    assert "provisional" in comments(world, event)[0].splitlines()[0]
    early = Decimal(record(comments(world, event)[0])["total_usd"])

    night = by_night(world, act)
    assert night.exit_code == 0, night.text
    outputs = night.outputs("gate")
    [body] = comments(world, event)
    told = json.loads(outputs["cost-json"])
    [cost] = [
        c
        for c in ([told] if isinstance(told, dict) else told)
        if c["pull_request"] == number_of(event)
    ]
    truth = world.total(f"tokengate:{REPOSITORY}#{number_of(event)}:")
    assert truth > 0
    assert early <= truth
    if not world.sandbox and VARIABLE in os.environ:
        assert database().cost(f"tokengate:{REPOSITORY}#{number_of(event)}:") == truth
    assert cost["state"] == "settled"
    assert Decimal(cost["total_usd"]) == truth
    assert Decimal(record(body)["total_usd"]) == truth
    assert f"exactly ${cost['total_usd']}" in body
    asked = of_the_command_line(world, number_of(event))
    assert {k: asked[k] for k in cost.keys() & asked if k != "as_of"} == {
        k: cost[k] for k in cost.keys() & asked if k != "as_of"
    }
    assert set(asked) >= {"total_usd", "state", "as_of", "requests", "rows", "keys"}
    assert sum(Decimal(row["cost_usd"]) for row in cost["rows"]) == truth
    assert sum(Decimal(key["cost_usd"]) for key in cost["keys"]) == truth
    assert [(r["use_case"], r["model"], r["requests"]) for r in cost["rows"]] == [
        ("code-review", "claude-sonnet", 9),
        ("triage", "claude-haiku", 2),
    ]
    review_row = cost["rows"][0]
    assert (review_row["cache_read_tokens"], review_row["cache_write_tokens"]) == (15_000, 900)
    assert sorted((k["run_id"], k["attempt"]) for k in cost["keys"]) == [
        *[("801", 1)] * 3,
        ("802", 1),
        ("802", 2),
    ]
    assert {k["status"] for k in cost["keys"]} == {"revoked"}
    assert "settled" in body.splitlines()[0]


def test_a_job_that_the_gate_refused_is_told_and_costs_nothing(
    act: Act, world: World, event: Mapping[str, Any]
) -> None:
    run = world.run(
        act,
        jobs(
            job("blocked", team="search-squad"),
            job("fine", call("c", "/v1/messages", **message("in=900 out=40"))),
        ),
        payload=event,
        run_id="811",
    )
    assert run.exit_code == 1
    [body] = comments(world, event)
    assert "1 job refused" in body.splitlines()[0]
    assert "<code>blocked</code>" in body
    settle(world, act, event)
    [body] = comments(world, event)
    assert "1 job refused" in body.splitlines()[0]
    truth = world.total(f"tokengate:{REPOSITORY}#{number_of(event)}:")
    assert Decimal(record(body)["total_usd"]) == truth > 0


def test_a_closed_pull_request_gets_its_final_figure(
    act: Act, world: World, event: Mapping[str, Any]
) -> None:
    world.run(
        act,
        jobs(job("review", call("c", "/v1/messages", **message("in=900 out=40")))),
        payload=event,
        run_id="821",
    )
    world.github.close_pull(number_of(event), merged=True)
    settle(world, act, event)
    [body] = comments(world, event)
    assert "merged, final" in body.splitlines()[0]


def test_forged_tags_a_forged_marker_and_an_edited_comment_change_no_figure(
    act: Act, world: World, event: Mapping[str, Any]
) -> None:
    from ci_tokengate.sandbox.github import Identity

    number = number_of(event)
    other = world.pull(number + 1)
    mark = f"<!-- ci-tokengate:cost {REPOSITORY.lower()}#{number} -->"
    forged = world.github.add_comment(
        number, f"### $1,000,000\n{mark}", by=Identity(login="mallory")
    )
    tag = {"metadata": {"tags": [f"pr:{REPOSITORY}#{number}"]}}
    world.run(
        act,
        jobs(job("evil", call("c", "/v1/messages", **message("in=9000 out=400"), **tag))),
        payload=other,
        run_id="831",
    )
    world.run(
        act,
        jobs(job("review", call("c", "/v1/messages", **message("in=900 out=40")))),
        payload=event,
        run_id="832",
    )
    own = next(c for c in world.github.comments_on(number) if c.id != forged.id)
    own.body = own.body.replace('"total_usd":"', '"total_usd":"9').replace("$0.", "$9.")
    settle(world, act, event)
    truth = world.total(f"tokengate:{REPOSITORY}#{number}:")
    assert Decimal(record(own.body)["total_usd"]) == truth > 0
    assert "$9." not in own.body
    assert forged.body.startswith("### $1,000,000")
