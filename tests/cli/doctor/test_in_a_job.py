"""`doctor` as a step of a job on GitHub: the base commit's policy, and the job's own token."""

from __future__ import annotations

from tests.cli.doctor.conftest import POLICY
from tests.stage.claims import no_secret_is_said
from tests.stage.entries import Done, run_cli
from tests.stage.world import BASE, PATH, TOKEN, World, pull_request_event


def _doctor(world: World, *, fork: bool = False, policy: str | None = POLICY) -> Done:
    head = {"ref": "x", "repo": {"full_name": "stranger/shop" if fork else "acme/shop"}}
    if policy is None:
        del world.github.files[(BASE, PATH)]
    else:
        world.github.files[(BASE, PATH)] = policy
    job = world.job(pull_request_event(head=head))
    secrets = {"TOKENGATE_PROXY_KEY": world.sandbox.minter_key, "GITHUB_TOKEN": TOKEN}
    done = run_cli({**job.env, "TOKENGATE_PROXY_URL": world.url, **secrets}, "doctor")
    no_secret_is_said(world, done)
    return done


def test_in_a_job_the_policy_is_the_base_commits(hardened: World) -> None:
    done = _doctor(hardened)
    assert done.code == 0
    assert f"{PATH}@{BASE[:12]}: teams: 1, use cases: 1" in done.out


def test_a_policy_that_is_not_merged_yet_is_told(world: World) -> None:
    done = _doctor(world, policy=None)
    assert done.code == 1
    assert "There is no policy at .github/tokengate.yml@" in done.out
    assert "merge it first" in done.out


def test_a_jobs_token_does_not_tell_its_rights_and_nothing_is_written_to_find_out(
    hardened: World,
) -> None:
    done = _doctor(hardened)
    [line] = [line for line in done.out.splitlines() if line.startswith("comments")]
    assert " ? a workflow's token does not tell its rights" in line
    assert "→ give the job `permissions: {pull-requests: write}`" in line
    assert done.code == 0


def test_a_job_for_a_fork_may_not_comment(hardened: World) -> None:
    done = _doctor(hardened, fork=True)
    assert done.code == 1
    assert "✖ a job for a fork's pull request has a token that only reads" in done.out
