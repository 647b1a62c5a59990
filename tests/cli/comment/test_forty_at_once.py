"""Forty `ci-tokengate comment` on one pull request, over HTTP, while the figure grows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier, Event

import httpx
import pytest

from ci_tokengate.cli.app import app
from ci_tokengate.render.record import read_record
from ci_tokengate.sandbox.github import faults, pull_request
from tests.cli.comment.conftest import CALL, OPENED, PRICE, Comment, alias
from tests.cli.cost.conftest import Mint
from tests.stage.trust import TRUST
from tests.stage.world import POLICY, TOKEN, World

JOBS = 40


def arguments(world: World) -> list[str]:
    """All of them, since threads share one environment."""
    return [
        *("comment", "--pr", "42", "--repository", "acme/shop"),
        *("--policy", str(world.folder / "policy.yml"), "--github-token", TOKEN),
        *("--proxy-url", world.url, "--proxy-key", world.sandbox.minter_key),
    ]


@pytest.fixture
def job_key(world: World) -> str:
    """That of a job which runs as long as all of this."""
    (world.folder / "policy.yml").write_text(POLICY, encoding="utf-8")
    world.github.pulls[42] = pull_request(42, opened=OPENED)
    order = {
        "team_id": "payments-squad",
        "key_alias": alias(),
        "duration": "30m",
        "max_budget": 2,
        "models": ["gpt-mini"],
    }
    minter = {"authorization": f"Bearer {world.sandbox.minter_key}"}
    made = httpx.post(f"{world.url}/key/generate", json=order, headers=minter, verify=TRUST).json()
    return str(made["key"])


def call(world: World, job_key: str) -> None:
    body = {"model": "gpt-mini", "messages": [{"role": "user", "content": CALL}]}
    job = {"authorization": f"Bearer {job_key}"}
    answer = httpx.post(
        f"{world.url}/v1/chat/completions", json=body, headers=job, timeout=30, verify=TRUST
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("there", [False, True])
def test_forty_jobs_at_once_leave_one_comment_with_the_newest_figure(
    world: World, job_key: str, there: bool
) -> None:
    env = {"GITHUB_API_URL": world.api}
    if there:
        app.main(arguments(world), standalone_mode=False, obj=env)
    begin = Barrier(JOBS)

    def job(number: int) -> None:
        begin.wait(60)
        call(world, job_key)
        run = {**env, "GITHUB_RUN_ID": str(number), "GITHUB_RUN_ATTEMPT": "1"}
        app.main(arguments(world), standalone_mode=False, obj=run)

    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(job, range(JOBS)))
    (written,) = world.github.comments_on(42)
    record = read_record(written.body)
    assert Decimal(str(record.figures[0])) == JOBS * Decimal(PRICE)


def test_an_older_figure_whose_patch_was_held_up_does_not_stay(
    world: World, job_key: str, comment: Comment, mint: Mint
) -> None:
    assert comment().code == 0
    call(world, job_key)
    release = Event()
    world.github.faults.plan("PATCH", "comments", faults.held(release))
    with ThreadPoolExecutor(1) as pool:
        older = pool.submit(
            app.main, arguments(world), standalone_mode=False, obj={"GITHUB_API_URL": world.api}
        )
        while world.github.faults.left:
            assert not older.done()
        call(world, job_key)
        try:
            assert comment().out.startswith("✔ updated")
        finally:
            release.set()
        older.result(60)
    (written,) = world.github.comments_on(42)
    assert Decimal(str(read_record(written.body).figures[0])) == 2 * Decimal(PRICE)
