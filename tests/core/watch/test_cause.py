"""The line of likely cause, as a table: what a day is made of, and what it is then put down to."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.watch.breakdown import JobName, Part
from ci_tokengate.core.watch.cause import Before, Kind, likely_cause, top_job
from ci_tokengate.render.watch.causes import cause_line
from ci_tokengate.render.watch.text import plain

REVIEW = JobName(repository="acme/shop", job="review", use_case="code-review")
TESTS = JobName(repository="acme/shop", job="tests", use_case="fix-tests")
NIGHT = JobName(repository="acme/infra", job="nightly", use_case="refactor")
KNOWN = Before(jobs={REVIEW, TESTS, NIGHT}, models={"sonnet"})
UNKNOWN = Before()


def part(
    job: JobName = REVIEW,
    usd: str = "1",
    *,
    place: str = "1",
    run: str = "1",
    attempt: int = 1,
    model: str = "sonnet",
    calls: int = 10,
) -> Part:
    return Part(
        job=job,
        place=place,
        run_id=run,
        attempt=attempt,
        model=model,
        cost=Decimal(usd),
        calls=calls,
    )


def runs(job: JobName, numbers: Iterable[int], place: str = "", usd: str = "1") -> list[Part]:
    """One run each; on a pull request of its own where no place is given."""
    return [part(job, usd, place=place or f"{n}", run=f"{n}") for n in numbers]


OTHERS = part(JobName(), "5", place="", run="")

TABLE: list[tuple[str, list[Part], Before, Kind, str]] = [
    (
        "nothing",
        [],
        KNOWN,
        Kind.NOTHING_KNOWN,
        "No cause is known: no call of today is in the log yet.",
    ),
    (
        "only corrections",
        [part(usd="-3")],
        KNOWN,
        Kind.NOTHING_KNOWN,
        "No cause is known: no call of today is in the log yet.",
    ),
    (
        "half from other keys",
        [OTHERS, *runs(REVIEW, range(5))],
        KNOWN,
        Kind.NOT_CI,
        "Likely not CI: $5.00 of $10.00 came from keys that no job of ours had.",
    ),
    (
        "a little from other keys",
        [OTHERS, *runs(REVIEW, range(40))],
        KNOWN,
        Kind.SPREAD,
        "No single cause: 40 runs on 40 pull requests and branches, none of them most of it.",
    ),
    (
        "a job not seen before",
        [*runs(NIGHT, range(3)), *runs(REVIEW, range(2))],
        Before(jobs={REVIEW}, models={"sonnet"}),
        Kind.NEW_JOB,
        "Likely a new job: nightly of acme/infra was not seen in the week before; 3 runs for $3.00.",
    ),
    (
        "a new job that is a small part of it",
        [*runs(NIGHT, range(3)), *runs(REVIEW, range(40))],
        Before(jobs={REVIEW}, models={"sonnet"}),
        Kind.SPREAD,
        "No single cause: 43 runs on 43 pull requests and branches, none of them most of it.",
    ),
    (
        "a new job in one run is new first",
        [part(NIGHT, "9")],
        Before(jobs=set(), models=set()),
        Kind.NEW_JOB,
        "Likely a new job: nightly of acme/infra was not seen in the week before; 1 run for $9.00.",
    ),
    (
        "the same where nobody knows the week before",
        [part(NIGHT, "9", place="refs/heads/main", run="77", calls=1204)],
        UNKNOWN,
        Kind.LONG_AGENT,
        "Likely one long agent: nightly on acme/infra@refs/heads/main, run 77, made 1,204 calls for $9.00.",
    ),
    (
        "three attempts of one run",
        [part(usd="3", run="9", attempt=a) for a in (1, 2, 3)] + runs(TESTS, range(4)),
        KNOWN,
        Kind.RETRIES,
        "Likely retries: run 9 of acme/shop was tried 3 times for $9.00.",
    ),
    (
        "attempts of all jobs of a run",
        [part(j, "2", run="9", attempt=a) for a in (1, 2, 3) for j in (REVIEW, TESTS)],
        KNOWN,
        Kind.RETRIES,
        "Likely retries: run 9 of acme/shop was tried 3 times for $12.00.",
    ),
    (
        "two attempts are none",
        [part(usd="3", run="9", attempt=a) for a in (1, 2)],
        KNOWN,
        Kind.LONG_AGENT,
        "Likely one long agent: review on acme/shop#1, run 9, made 10 calls for $3.00.",
    ),
    (
        "one key on two models is one agent",
        [part(usd="3", model="opus"), part(usd="3"), *runs(TESTS, range(2, 6))],
        KNOWN,
        Kind.LONG_AGENT,
        "Likely one long agent: review on acme/shop#1, run 1, made 20 calls for $6.00.",
    ),
    (
        "five runs on one pull request",
        runs(REVIEW, range(5), place="42"),
        KNOWN,
        Kind.EVERY_PUSH,
        "Likely it runs on every push: review on acme/shop#42 ran 5 times, $5.00.",
    ),
    (
        "four runs on one pull request",
        runs(REVIEW, range(4), place="42"),
        KNOWN,
        Kind.SPREAD,
        "No single cause: 4 runs on one pull request or branch, none of them most of it.",
    ),
    (
        "three runs on each of three pull requests",
        [p for n in (10, 20, 30) for p in runs(REVIEW, range(n, n + 3), place=f"{n}")],
        KNOWN,
        Kind.EVERY_PUSH,
        "Likely it runs on every push: review of acme/shop ran 9 times on 3 pull requests and branches, $9.00.",
    ),
    (
        "one run on each of many pull requests",
        runs(REVIEW, range(30)),
        KNOWN,
        Kind.SPREAD,
        "No single cause: 30 runs on 30 pull requests and branches, none of them most of it.",
    ),
    (
        "a model that was not used before",
        [part(run=f"{n}", place=f"{n}", model="opus") for n in range(30)],
        KNOWN,
        Kind.NEW_MODEL,
        "Likely another model: opus was not used in the week before; $30.00.",
    ),
    (
        "a model of which nobody knows",
        [part(run=f"{n}", place=f"{n}", model="opus") for n in range(30)],
        UNKNOWN,
        Kind.SPREAD,
        "No single cause: 30 runs on 30 pull requests and branches, none of them most of it.",
    ),
]


@pytest.mark.parametrize(
    ("parts", "before", "kind", "said"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_each_day_is_put_down_to_one_cause(
    parts: list[Part], before: Before, kind: Kind, said: str
) -> None:
    found = likely_cause(parts, before)
    assert (found.kind, plain(cause_line(found))) == (kind, said)


JOBS = st.sampled_from([JobName(), REVIEW, TESTS, NIGHT])
RUNS = st.sampled_from(["1", "2", "3", "4", "5", "6"])


def drawn_part(job: JobName, usd: str, run: str, attempt: int, model: str, calls: int) -> Part:
    """A run is of one pull request or branch."""
    place = f"{int(run) % 2}" if int(run) < 5 else "refs/heads/main"
    return part(job, usd, place=place, run=run, attempt=attempt, model=model, calls=calls)


PARTS = st.lists(
    st.builds(
        drawn_part,
        JOBS,
        st.decimals(min_value=-1, max_value=50, places=2).map(str),
        RUNS,
        st.integers(1, 4),
        st.sampled_from(["sonnet", "opus"]),
        st.integers(0, 9),
    ),
    max_size=30,
)
BEFORES = st.builds(
    Before, jobs=st.none() | st.sets(JOBS), models=st.none() | st.sets(st.just("sonnet"))
)


@given(PARTS, BEFORES)
def test_it_does_not_matter_in_what_order_calls_are_read(parts: list[Part], before: Before) -> None:
    one = likely_cause(parts, before)
    assert likely_cause(parts[::-1], before) == one


@given(PARTS, BEFORES)
def test_what_is_named_as_the_cause_makes_up_at_least_half(
    parts: list[Part], before: Before
) -> None:
    found = likely_cause(parts, before)
    if found.kind not in (Kind.SPREAD, Kind.NOTHING_KNOWN):
        assert found.cost * 2 >= found.covered > 0
    assert "?" not in plain(cause_line(found))


@given(PARTS)
def test_the_job_that_the_week_before_is_asked_about_is_the_only_one_that_could_be_new(
    parts: list[Part],
) -> None:
    found = likely_cause(parts, Before(jobs=set()))
    if found.kind is Kind.NEW_JOB:
        assert top_job(parts) is not None
