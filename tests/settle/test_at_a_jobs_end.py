"""The comment that post writes, in steps of the action on the stage."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import httpx
import pytest

from ci_tokengate.sandbox.github import faults, pull_request
from tests.cli.comment.conftest import CALL, alias
from tests.cli.cost.conftest import Mint
from tests.stage.claims import no_secret_is_said
from tests.stage.entries import Job
from tests.stage.trust import TRUST
from tests.stage.world import World


def merged(world: World, mint: Mint, *numbers: int, calls: int = 1) -> None:
    """Pull requests that cost $0.0001425 a call, and were merged yesterday."""
    now = datetime.now(timezone.utc)
    for number in numbers:
        world.github.pulls[number] = pull_request(
            number, opened=now - timedelta(days=3), merged=now - timedelta(days=1)
        )
        mint(alias(str(number), nonce=f"n{number}"), *[CALL] * calls)


def ended(world: World, *, calls: int = 2) -> Job:
    """A job of pull request 42, up to its revocation."""
    job = world.job()
    main = job.main(use_case="embeddings")
    key = main.exported["OPENAI_API_KEY"]
    body = {"model": "gpt-mini", "messages": [{"role": "user", "content": CALL}]}
    for _ in range(calls):
        answer = httpx.post(
            f"{world.url}/v1/chat/completions",
            json=body,
            headers={"authorization": f"Bearer {key}"},
            timeout=10,
            verify=TRUST,
        )
        assert answer.status_code == 200
    assert job.post().code == 0
    return job


@pytest.fixture
def pull(world: World) -> None:
    world.github.pulls[42] = pull_request(42)


def body_of(world: World) -> str:
    (found,) = world.github.comments_on(42)
    return found.body


@pytest.mark.usefixtures("pull")
def test_the_reviewer_sees_it_against_the_teams_merged_pull_requests(
    world: World, mint: Mint
) -> None:
    merged(world, mint, 1, 2, 3, 4, 5)
    done = ended(world).report()
    sentence = "2.0 × the median of the team's last 5 merged pull requests ($0.00014)."
    assert done.code == 0
    assert sentence in body_of(world)
    assert sentence in done.summary
    no_secret_is_said(world, done)


@pytest.mark.usefixtures("pull")
def test_four_merged_pull_requests_are_no_data(world: World, mint: Mint) -> None:
    merged(world, mint, 1, 2, 3, 4)
    ended(world).report()
    assert "median" not in body_of(world)


@pytest.mark.usefixtures("pull")
def test_a_comparison_that_fails_costs_the_comment_nothing(world: World, mint: Mint) -> None:
    merged(world, mint, 1, 2, 3, 4, 5)
    world.github.faults.plan("GET", r"/pulls$", faults.server_error(503), times=3)
    done = ended(world).report()
    assert (done.code, "median" in body_of(world)) == (0, False)
    assert body_of(world).startswith("### AI cost of this pull request: $0.00028")


@pytest.mark.usefixtures("pull")
def test_the_summary_has_it_where_the_token_may_not_comment(world: World) -> None:
    from ci_tokengate.sandbox.github import github_token
    from tests.stage.world import TOKEN

    world.github.tokens[TOKEN] = github_token(pull_requests="read", contents="read")
    done = ended(world).report()
    assert done.code == 0
    assert world.github.comments_on(42) == []
    assert "AI cost of this pull request: $0.00028" in done.summary
    assert "was not written" in done.out
    assert "pull-requests: write" in done.out


LIMITS = {
    "primary, an hour away": faults.primary_limit(),
    "secondary": faults.secondary_limit(600),
    "secondary, for no time that it names": faults.secondary_limit(None),
    "429": faults.too_many_requests(3600),
}


@pytest.mark.usefixtures("pull")
@pytest.mark.parametrize("kind", LIMITS)
@pytest.mark.parametrize("what", ["comments", "contents"])
def test_a_limit_ends_the_job_in_time_with_a_warning(
    world: World, slept: list[float], kind: str, what: str
) -> None:
    job = ended(world)
    slept.clear()
    world.github.faults.plan("*", what, LIMITS[kind], times=99)
    start = time.monotonic()
    done = job.report()
    assert sum(slept) + time.monotonic() - start < 18
    assert done.code == 0
    assert "limits the rate of requests" in done.out
    assert "::warning" in done.out
    assert "::error" not in done.out
    assert world.github.comments_on(42) == []
    if what == "comments":
        assert "AI cost of this pull request: $0.00028" in done.summary


@pytest.mark.usefixtures("pull")
def test_a_locked_conversation_is_a_warning_and_the_figure_is_in_the_summary(world: World) -> None:
    job = ended(world)
    world.github.pulls[42]["locked"] = True
    done = job.report()
    assert (done.code, world.github.comments_on(42)) == (0, [])
    assert "The conversation is locked" in done.out
    assert "AI cost of this pull request: $0.00028" in done.summary


@pytest.mark.usefixtures("pull")
def test_no_persons_name_is_in_what_is_told(world: World) -> None:
    """Of whoever opened it, pushed to it or ran it again; the author of the comment is a robot."""
    world.github.pulls[42] = pull_request(42, author="ada-lovelace", title="By Ada Lovelace")
    job = world.job(GITHUB_ACTOR="grace-hopper", GITHUB_TRIGGERING_ACTOR="grace-hopper")
    job.main(use_case="embeddings")
    job.post()
    done = job.report()
    told = body_of(world) + done.summary
    assert "AI cost of this pull request" in told
    assert not [n for n in ("ada", "lovelace", "grace", "hopper") if n in told.lower()]
