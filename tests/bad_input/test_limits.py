"""CI's own runaway at the gate: as many runs as may have had a key, and then no more."""

from __future__ import annotations

import pytest

from tests.stage.entries import Step
from tests.stage.world import BASE, PATH, POLICY, World


def _job(world: World, run: int, *, use_case: str = "code-review", ends: bool = True) -> Step:
    job = world.job(
        **{
            "GITHUB_RUN_ID": f"{run}",
            "GITHUB_WORKFLOW_REF": "acme/shop/.github/workflows/review.yml@refs/heads/main",
            "INPUT_USE-CASE": use_case,
        }
    )
    step = job.main()
    if ends:
        job.post()
    return step


def _limited(world: World, limits: str, mode: str = "") -> None:
    world.github.files[(BASE, PATH)] = f"{POLICY}limits: {{{limits}}}\n{mode}"


@pytest.mark.parametrize("limit", ["runs-per-pr", "runs-per-workflow"])
def test_the_third_run_of_two_is_refused_with_what_to_do(world: World, limit: str) -> None:
    _limited(world, f"{limit}: 2")
    assert [_job(world, run).code for run in (1, 2)] == [0, 0]
    refused = _job(world, 3)
    assert refused.code == 1
    assert "2 runs of this" in refused.out
    assert f"and 2 may ({limit})" in refused.out
    assert "Does something start the agent again and again?" in refused.out
    assert refused.outputs["verdict"] == "block"


def test_the_same_run_may_have_as_many_jobs_as_it_likes(world: World) -> None:
    _limited(world, "runs-per-pr: 1")
    assert [_job(world, 1).code for _ in range(3)] == [0, 0, 0]


def test_a_teams_living_keys_are_limited_and_ended_ones_make_room(world: World) -> None:
    _limited(world, "keys-per-team: 1")
    first = world.job(GITHUB_RUN_ID="1")
    assert first.main().code == 0
    assert "1 job key alive, and may have 1" in _job(world, 2).out
    first.post()
    assert _job(world, 3).code == 0


def test_what_is_not_agentic_is_never_limited(world: World) -> None:
    _limited(world, "runs-per-pr: 1")
    assert [_job(world, run, use_case="embeddings").code for run in (1, 2)] == [0, 0]


def test_observing_says_what_enforcement_would_have_done(world: World) -> None:
    _limited(world, "runs-per-pr: 1", "mode: observe\nsince: 2026-10-01\n")
    _job(world, 1)
    observed = _job(world, 2)
    assert observed.code == 0
    assert "enforcement would have blocked this. 1 run of this pull request" in observed.out
