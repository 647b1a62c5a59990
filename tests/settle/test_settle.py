"""`mode: settle` as a step: which pull requests it tells, and what keeps it from telling others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from ci_tokengate.render.record import read_record
from ci_tokengate.sandbox.github import faults, pull_request
from tests.cli.comment.conftest import CALL, PRICE, alias
from tests.cli.cost.conftest import Mint
from tests.stage.claims import no_secret_is_said
from tests.stage.entries import Step
from tests.stage.world import BASE, POLICY, TOKEN, World

PATH = ".github/tokengate.yml"
NIGHT = {"repository": {"default_branch": "main", "full_name": "acme/shop"}}
OPENED = datetime(2026, 11, 1, 9, 30, tzinfo=timezone.utc)


def opened(world: World, *numbers: int, **about: Any) -> None:
    for number in numbers:
        world.github.pulls[number] = pull_request(number, opened=OPENED, base_sha=BASE, **about)


def bodies(world: World, number: int) -> list[str]:
    return [found.body for found in world.github.comments_on(number)]


def settled(world: World, event: Any = None, *, name: str = "schedule", **inputs: str) -> Step:
    world.github.files[("refs/heads/main", PATH)] = POLICY
    job = world.job(NIGHT if event is None else event, name=name, GITHUB_REF="refs/heads/x")
    done = job.main(mode="settle", **inputs)
    no_secret_is_said(world, done)
    assert "Traceback" not in done.said
    return done


def written(world: World) -> int:
    """How many requests have changed something at GitHub."""
    return sum(a.method != "GET" and "graphql" not in a.path for a in world.github.log)


def closed(number: int) -> dict[str, Any]:
    pull = pull_request(number, base_sha=BASE)
    pull["head"]["repo"] = {"full_name": "acme/shop"}
    return {**NIGHT, "action": "closed", "pull_request": pull}


def run_of(*, owner: str = "acme", sha: str = "", branch: str = "faster-checkout") -> Any:
    head = pull_request(1)["head"]["sha"]
    repository = {"full_name": f"{owner}/shop", "owner": {"login": owner}}
    run = {"head_branch": branch, "head_sha": sha or head, "head_repository": repository}
    return {**NIGHT, "workflow_run": {**run, "event": "pull_request", "pull_requests": []}}


def test_at_night_every_pull_request_that_had_a_key_of_late_is_told(
    world: World, mint: Mint
) -> None:
    opened(world, 1, 2, 3, 4)
    mint(alias("1"), CALL)
    mint(alias("2", nonce="b"), CALL, CALL)
    mint(alias("3", nonce="c"), CALL, ended=8 * 86_400)
    mint(alias("refs/heads/main", nonce="d"), CALL)
    mint("tokengate:acme/shopping#4:1.1:review:code-review:e", CALL)
    done = settled(world)
    assert (done.code, done.outputs["cost-state"], done.outputs["comment-url"]) == (
        *(0, "settled"),
        "",
    )
    assert Decimal(done.outputs["cost-usd"]) == 3 * Decimal(PRICE)
    assert [c["pull_request"] for c in json.loads(done.outputs["cost-json"])] == [2, 1]
    assert [len(bodies(world, n)) for n in (1, 2, 3, 4)] == [1, 1, 0, 0]


def test_a_pull_request_that_is_not_there_keeps_no_other_from_being_told(
    world: World, mint: Mint
) -> None:
    opened(world, 1, 3)
    for number in ("1", "2", "3"):
        mint(alias(number, nonce=f"n{number}"), CALL)
    done = settled(world)
    assert done.code == 0
    assert [len(bodies(world, n)) for n in (1, 3)] == [1, 1]
    assert "Not settled, #2: " in done.out
    assert Decimal(done.outputs["cost-usd"]) == 2 * Decimal(PRICE)


def test_trouble_that_is_not_one_pull_requests_ends_it_and_says_how_many_are_left(
    world: World, mint: Mint
) -> None:
    opened(world, *range(1, 6))
    for number in range(1, 6):
        mint(alias(str(number), nonce=f"n{number}"), CALL)
    world.github.faults.plan("GET", r"/pulls/\d+$", faults.primary_limit(), times=99)
    done = settled(world)
    assert done.code == 0
    assert done.out.count("Not settled, #") == 3
    assert "2 older pull requests not looked at any more." in done.out
    assert (done.outputs["cost-usd"], done.outputs["cost-state"]) == ("", "unknown")


def test_with_nothing_to_settle_every_output_is_there_and_empty(world: World) -> None:
    done = settled(world)
    assert done.code == 0
    assert "There is no pull request to settle." in done.out
    assert {n: done.outputs[n] for n in ("cost-usd", "comment-url", "cost-json")} == {
        "cost-usd": "",
        "comment-url": "",
        "cost-json": "",
    }
    assert done.outputs["cost-state"] == "unknown"


@pytest.mark.parametrize("merged", [True, False])
def test_when_it_is_closed_the_final_figure_is_told_and_nights_leave_it_as_it_is(
    world: World, mint: Mint, merged: bool
) -> None:
    opened(world, 42)
    mint(alias(), CALL)
    world.github.close_pull(42, merged=merged)
    done = settled(world, closed(42), name="pull_request")
    (final,) = bodies(world, 42)
    said = "merged, final" if merged else "closed without merging, final"
    assert said in final.splitlines()[0]
    assert done.outputs["cost-usd"] == PRICE
    assert done.outputs["comment-url"].endswith(str(world.github.comments_on(42)[0].id))
    world.spend("payments-squad", "700")
    before = written(world)
    settled(world)
    assert bodies(world, 42) == [final]
    assert written(world) == before


def test_a_pull_request_that_no_job_has_asked_a_key_for_gets_no_comment_when_it_is_closed(
    world: World,
) -> None:
    opened(world, 42)
    world.github.close_pull(42, merged=True)
    done = settled(world, closed(42), name="pull_request")
    assert (done.code, bodies(world, 42)) == (0, [])
    assert (done.outputs["cost-usd"], done.outputs["cost-state"]) == ("0", "settled")


def test_one_whose_only_job_was_refused_gets_its_final_word(world: World) -> None:
    opened(world, 42)
    world.spend("search-squad", "312.40")
    job = world.job()
    assert job.main(team="search-squad").code == 1
    job.post()
    job.report()
    world.github.close_pull(42, merged=True)
    settled(world, closed(42), name="pull_request")
    (body,) = bodies(world, 42)
    assert "merged, final · 1 job refused" in body.splitlines()[0]


def test_what_comes_late_is_in_the_figure_after_the_next_night(world: World, mint: Mint) -> None:
    """A call was in flight when its key was revoked and the pull request merged."""
    opened(world, 42)
    key = mint(alias(), CALL)
    world.github.close_pull(42, merged=True)
    settled(world, closed(42), name="pull_request")
    state = world.sandbox.state
    with state.lock:
        (row,) = [r for r in state.rows if r.token == key.token]
        state.rows.append(replace(row, fields={**row.fields, "request_id": "late"}))
    settled(world)
    (body,) = bodies(world, 42)
    assert Decimal(str(read_record(body).figures[0])) == 2 * Decimal(PRICE)
    assert "merged, final" in body.splitlines()[0]


def test_a_running_job_is_provisional_and_settles_by_night(
    world: World, mint: Mint, slept: list[float]
) -> None:
    opened(world, 42)
    key = mint(alias(), CALL, ended=None)
    assert settled(world).outputs["cost-state"] == "provisional"
    assert sum(slept) < 2, "hours are not waited for"
    world.sandbox.state.keys[key.token].expires = datetime.now(timezone.utc) - timedelta(minutes=1)
    with world.sandbox.state.lock:
        rows = world.sandbox.state.rows
        for row in rows:
            object.__setattr__(row, "start", row.start - timedelta(minutes=2))
    assert settled(world).outputs["cost-state"] == "settled"
    assert "· settled ·" in bodies(world, 42)[0].splitlines()[0]


def test_a_companion_tells_every_open_pull_request_of_the_runs_head(
    world: World, mint: Mint
) -> None:
    opened(world, 7, 8, 11)
    opened(world, 9, closed=OPENED)
    opened(world, 10, head_ref="other")
    for number in ("7", "8", "9", "10"):
        mint(alias(number, nonce=f"n{number}"), CALL)
    settled(world, run_of(), name="workflow_run")
    assert [len(bodies(world, n)) for n in (7, 8, 9, 10, 11)] == [1, 1, 0, 0, 0]


def test_a_companion_of_a_head_whose_pull_requests_are_closed_tells_the_newest(
    world: World, mint: Mint
) -> None:
    opened(world, 7, 9, closed=OPENED)
    mint(alias("9"), CALL)
    settled(world, run_of(), name="workflow_run")
    assert [len(bodies(world, n)) for n in (7, 9)] == [0, 1]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(run_of(sha="0" * 40), id="pushed since"),
        pytest.param(run_of(owner="mallory"), id="another's branch of that name"),
        pytest.param(run_of(branch="main"), id="no pull request"),
        pytest.param({**NIGHT, "workflow_run": {"head_branch": 7}}, id="nonsense"),
        pytest.param(
            {**NIGHT, "workflow_run": {**run_of(branch="x")["workflow_run"], "pull_requests": [7]}},
            id="a number that the payload claims",
        ),
    ],
)
def test_a_companion_of_a_run_that_is_of_no_pull_request_tells_none(
    world: World, mint: Mint, event: Any
) -> None:
    opened(world, 7)
    mint(alias("7"), CALL)
    done = settled(world, event, name="workflow_run")
    assert (done.code, bodies(world, 7)) == (0, [])


def test_the_artifact_and_the_list_of_a_run_are_never_asked_for(world: World, mint: Mint) -> None:
    opened(world, 7)
    mint(alias("7"), CALL)
    settled(world, run_of(), name="workflow_run")
    assert not [a.path for a in world.github.log if "artifact" in a.path or "/runs" in a.path]


def test_while_the_proxys_database_is_down_it_says_so_and_writes_nothing(
    world: World, mint: Mint
) -> None:
    opened(world, 42)
    mint(alias(), CALL)
    settled(world)
    before = bodies(world, 42)
    world.sandbox.set_database(up=False)
    done = settled(world)
    assert done.code == 0
    assert "Not settled: The proxy's database is down" in done.out
    assert bodies(world, 42) == before


def test_a_pull_request_that_github_does_not_show_is_a_mistake_where_it_is_the_only_one(
    world: World,
) -> None:
    done = settled(world, closed(42), name="pull_request")
    assert done.code == 2
    assert "HTTP 404" in done.out
    assert TOKEN not in done.said


def test_the_summary_says_what_the_comment_says(world: World, mint: Mint) -> None:
    opened(world, 42)
    mint(alias(), CALL)
    done = settled(world)
    (body,) = bodies(world, 42)
    assert body.startswith(done.summary.rstrip("\n"))
    assert "<!--" not in done.summary
    assert settled(world, comment="off").summary.splitlines()[0] == body.splitlines()[0]
