"""One comment, the newest figure, and no refused job lost: one writer, and forty at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ci_tokengate.core.comments import Behavior
from ci_tokengate.core.cost import Cost, CostState
from ci_tokengate.core.report import Median, Refused, Report, Stage
from ci_tokengate.errors import UndecidedError, UsageError
from ci_tokengate.lifecycle.publish import Change, Manner, Published, publish
from ci_tokengate.ports import Clock
from ci_tokengate.render.comment import comment
from ci_tokengate.render.jobs import By
from ci_tokengate.render.record import marker, read_record
from tests.fakes import Conversation, FakeClock, FakeComments
from tests.lifecycle.interleaving import Actor, Scene
from tests.render.reports import cost, refused, report, row, standing

MARK = marker("acme/shop", 7)


@dataclass
class Ledger:
    """What the proxy says, as it grows."""

    total: Decimal = Decimal(1)
    readings: int = 0
    grows: Decimal = Decimal(0)

    def reckon(self, clock: Clock) -> Report:
        self.readings += 1
        self.total += self.grows
        found = cost([row(cost=str(self.total))])
        return report(replace(found, as_of=clock.now()))


@dataclass
class Desk:
    """One writer at a time."""

    conversation: Conversation = field(default_factory=Conversation)
    ledger: Ledger = field(default_factory=Ledger)
    clock: FakeClock = field(default_factory=FakeClock)
    author: str = "github-actions[bot]"
    done: list[str] = field(default_factory=list)

    def publish(
        self, *, run: str = "9001", step: Callable[[str], None] = lambda _: None, **manner: object
    ) -> Published:
        self.clock.time += timedelta(minutes=1)
        comments = FakeComments(self.conversation, author=self.author, step=step)
        attempt = int(str(manner.pop("attempt", 1)))
        about = Manner(repository="acme/shop", number=7, by=By(run_id=run, attempt=attempt))
        try:
            return publish(
                comments,
                lambda: self.ledger.reckon(self.clock),
                replace(about, **manner),  # type: ignore[arg-type]
                clock=self.clock,
                chance=lambda: 0.5,
            )
        finally:
            self.done = comments.done

    @property
    def only(self) -> str:
        bodies = self.conversation.bodies()
        assert len(bodies) == 1
        return bodies[0]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def total_in(body: str) -> str:
    return str(read_record(body).figures[0])


def test_the_first_writes_the_next_updates_and_who_has_nothing_new_writes_nothing(
    desk: Desk,
) -> None:
    assert desk.publish().change is Change.CREATED
    desk.ledger.total = Decimal(2)
    updated = desk.publish(run="9002")
    assert (updated.change, updated.url) == (Change.UPDATED, "https://c/1")
    assert total_in(desk.only) == "2"
    before = desk.only
    assert desk.publish(run="9003").change is Change.UNCHANGED
    assert desk.only == before
    assert desk.done == ["mine"]


def test_who_writes_reckons_anew_after_what_he_has_written_was_listed(desk: Desk) -> None:
    desk.publish()
    desk.ledger.total, desk.ledger.readings = Decimal(2), 0
    desk.publish()
    assert desk.done == ["mine", "mine", "edit", "mine"]
    assert desk.ledger.readings == 2


def test_a_first_comment_waits_a_moment_for_that_of_another_job(desk: Desk) -> None:
    slept: list[str] = []

    def another_writes() -> None:
        if not slept:
            slept.append("once")
            found = replace(cost([row(cost="1")]), as_of=desk.clock.now())
            desk.conversation.add(comment(report(found), By(run_id="9002")))

    desk.clock.on_sleep = another_writes
    assert desk.publish().change is Change.UNCHANGED
    assert len(desk.conversation.written) == 1


def test_nothing_is_written_below_the_threshold_until_the_sum_is_above_it(desk: Desk) -> None:
    quiet = desk.publish(above=Decimal(5))
    assert (quiet.change, quiet.url) == (Change.QUIET, "")
    assert desk.conversation.written == {}
    desk.ledger.total = Decimal(5)
    assert desk.publish(above=Decimal(5)).change is Change.CREATED
    desk.ledger.total = Decimal(4)  # once there is one it is kept up to date
    assert desk.publish(above=Decimal(5)).change is Change.UPDATED


def test_a_comment_that_somebody_edited_is_mended(desk: Desk) -> None:
    desk.publish()
    right = desk.only
    for wrong in (
        right.replace("$1.00", "$0.01", 1),
        right.replace("<sub>", "Approved by all.\n<sub>"),
        right.replace("<!-- ci-tokengate:record", "<!-- nothing"),
        right.replace('"total_usd":"1"', '"total_usd":"999"'),
        right.replace("2026", "2999"),
        f"{MARK}\n",
    ):
        assert wrong != right
        desk.conversation.written[1] = (desk.author, wrong)
        assert desk.publish().change is Change.UPDATED
        assert total_in(desk.only) == "1"
        assert desk.only.splitlines()[0] == right.splitlines()[0]
        assert "Approved" not in desk.only


def test_a_comment_with_other_line_ends_is_not_written_again(desk: Desk) -> None:
    desk.publish()
    desk.conversation.written[1] = (desk.author, desk.only.replace("\n", "\r\n") + "\r\n")
    assert desk.publish().change is Change.UNCHANGED


def test_a_forged_marker_by_another_is_never_touched_or_read(desk: Desk) -> None:
    fake = comment(
        report(cost([row(cost="0.01")]), refused=(refused("forged"),)), By(run_id="99999")
    )
    for behavior in Behavior:
        desk.conversation.written.clear()
        forged = desk.conversation.add(fake, author="octocat")
        done = desk.publish(behavior=behavior)
        assert done.report.cost.total == 1
        assert done.report.refused == ()
        assert desk.conversation.written[forged] == ("octocat", fake)
        assert desk.conversation.hidden == []
        assert total_in(desk.only) == "1"


@pytest.mark.parametrize(
    "repeated",
    [
        "### Coverage of {text}: 81 %\n\nSee the run.\n\n1,204 lines of 1,480.\n",
        "Thanks for:\n\n> {text}\n",
        "Preview of “{text}”\n",
    ],
)
def test_a_comment_of_another_workflow_that_repeats_the_marker_is_left_alone(
    desk: Desk, repeated: str
) -> None:
    """All workflows of a repository are `github-actions[bot]`; a pull request's title is anybody's."""
    for behavior in Behavior:
        desk.conversation.written.clear()
        body = repeated.format(text=MARK)
        theirs = desk.conversation.add(body, author=desk.author)
        desk.publish(behavior=behavior)
        desk.publish(behavior=behavior)
        assert desk.conversation.written[theirs] == (desk.author, body)
        assert desk.conversation.hidden == []
        assert len(desk.conversation.written) == 2


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        name: _JSON | st.sampled_from(["2026-11-23T14:00:00Z", "2999-01-01T00:00:00Z", "1", 1])
        for name in ("run_id", "attempt", "as_of", "total_usd", "state", "refused", "version")
    },
)
_GARBAGE = (
    _FIELDS.map(json.dumps)
    | _JSON.map(json.dumps)
    | st.text()
    | st.sampled_from(
        [
            "{" * 10_000,
            '{"refused":' + "[" * 50_000 + "]" * 50_000 + "}",
            '{"attempt":' + "9" * 5000 + "}",
            '{"refused":{"a":1}}',
            '{"refused":[{"cause":["hard stop"]}]}',
            '{"refused":[{"cause":"hard stop","run_id":"\\ud800","job":"","use_case":"","team":""}]}',
            '{"as_of":"0001-01-01T00:00:00+23:59","run_id":"²"}',
            "{" + '"a":0,' * 20_000 + '"b":NaN}',
        ]
    )
)


@given(_GARBAGE, st.sampled_from(list(Behavior)))
@example('{"as_of":"2026-11-23T14:00:00Z","run_id":"' + "9" * 40 + '"}', Behavior.NEW)
@settings(max_examples=300)
def test_a_garbage_record_in_our_own_comment_changes_no_figure_and_breaks_nothing(
    record: str, behavior: Behavior
) -> None:
    desk = Desk()
    desk.conversation.add(f"{MARK}\n<!-- ci-tokengate:record {record} -->\n")
    done = desk.publish(behavior=behavior)
    assert done.report.cost.total == 1
    told = desk.conversation.written[int(done.url.rsplit("/", 1)[1])][1]
    assert total_in(told) == "1"
    assert desk.publish(behavior=behavior).change is Change.UNCHANGED


def test_a_comment_deleted_in_between_is_made_anew(desk: Desk) -> None:
    desk.publish()
    desk.ledger.total = Decimal(2)
    gone: list[str] = []

    def somebody_deletes(what: str) -> None:
        if what == "before edit" and not gone:
            gone.append(what)
            desk.conversation.written.clear()

    assert desk.publish(step=somebody_deletes).change is Change.CREATED
    assert total_in(desk.only) == "2"


def test_a_write_that_took_effect_though_it_was_said_to_fail_is_not_repeated(desk: Desk) -> None:
    def fails_after(what: str) -> None:
        if what == "after create":
            raise UndecidedError("502")

    desk.publish(step=fails_after)
    assert total_in(desk.only) == "1"


def test_a_write_that_fails_three_times_ends_with_its_error(desk: Desk) -> None:
    tries: list[str] = []

    def fails_before(what: str) -> None:
        if what == "before create":
            tries.append(what)
            raise UndecidedError("HTTP 502")

    with pytest.raises(UndecidedError, match="HTTP 502"):
        desk.publish(step=fails_before)
    assert len(tries) == 3


def test_a_refusal_to_write_ends_at_once(desk: Desk) -> None:
    def locked(what: str) -> None:
        if what == "before create":
            raise UsageError("locked")

    with pytest.raises(UsageError, match="locked"):
        desk.publish(step=locked)


def test_endless_writing_over_ends_with_a_clear_error(desk: Desk) -> None:
    desk.ledger.grows = Decimal("0.01")
    with pytest.raises(UndecidedError, match="Others wrote over the comment on pull request 7"):
        desk.publish()
    assert desk.done.count("edit") < 15


def test_of_twins_the_oldest_stays_and_tells_the_refused_jobs_of_both(desk: Desk) -> None:
    for n, job in enumerate(("one", "two")):
        twin = report(cost([row(cost=str(n))]), refused=(refused(job),))
        desk.conversation.add(comment(twin, By(run_id=f"900{n}")))
    done = desk.publish()
    assert list(desk.conversation.written) == [1]
    assert [r.job for r in read_record(desk.only).refused] == ["one", "two"]
    assert [r.job for r in done.report.refused] == ["one", "two"]
    assert "2 jobs refused" in desk.only.splitlines()[0]


def test_a_twin_goes_only_when_the_other_tells_its_refused_jobs(desk: Desk) -> None:
    for job in ("one", "two"):
        desk.conversation.add(comment(report(cost(), refused=(refused(job),)), By()))

    def told(what: str) -> None:
        if what == "before delete":
            body = desk.conversation.written[1][1]
            assert [r.job for r in read_record(body).refused] == ["one", "two"]

    desk.publish(step=told)
    assert "delete" in desk.done


def test_new_makes_a_comment_a_run_and_attempt_and_updates_it_within(desk: Desk) -> None:
    for run, attempt in (("9001", 1), ("9001", 1), ("9001", 2), ("9002", 1), ("9002", 1)):
        desk.ledger.total += 1
        desk.publish(run=run, attempt=attempt, behavior=Behavior.NEW)
    records = [read_record(body) for body in desk.conversation.bodies()]
    assert [(r.run_id, r.attempt) for r in records] == [("9001", 1), ("9001", 2), ("9002", 1)]
    assert [r.figures[0] for r in records] == ["3", "4", "6"]
    assert desk.conversation.hidden == []


@pytest.mark.parametrize("behavior", [b for b in Behavior if b is not Behavior.UPDATE])
def test_a_late_job_of_an_older_run_updates_the_newest_and_leaves_it_that_runs(
    desk: Desk, behavior: Behavior
) -> None:
    desk.publish(run="9001", behavior=behavior)
    newest = desk.publish(run="9002", behavior=behavior).url
    desk.ledger.total = Decimal(3)
    assert desk.publish(run="9001", behavior=behavior).url == newest
    assert desk.publish(run="9002", behavior=behavior).url == newest
    bodies = desk.conversation.bodies()
    assert len(bodies) == (1 if behavior is Behavior.DELETE_AND_NEW else 2)
    assert total_in(bodies[-1]) == "3"
    assert read_record(bodies[-1]).run_id == "9002"


def test_hide_and_new_hides_those_of_earlier_runs(desk: Desk) -> None:
    for run in ("9001", "9002", "9003"):
        desk.publish(run=run, behavior=Behavior.HIDE_AND_NEW)
    assert set(desk.conversation.hidden) == {1, 2}
    assert len(desk.conversation.written) == 3


def test_delete_and_new_leaves_the_newest_only_and_no_moment_without_one(desk: Desk) -> None:
    desk.publish(run="9001", behavior=Behavior.DELETE_AND_NEW)
    seen: list[int] = []
    for run in ("9002", "9003"):
        desk.publish(
            run=run,
            behavior=Behavior.DELETE_AND_NEW,
            step=lambda _: seen.append(len(desk.conversation.written)),
        )
    assert list(desk.conversation.written) == [3]
    assert min(seen) == 1


@pytest.mark.parametrize("behavior", list(Behavior))
def test_two_jobs_of_a_run_that_both_create_end_with_one_comment_whatever_the_behavior(
    desk: Desk, behavior: Behavior
) -> None:
    desk.publish(run="9001", behavior=Behavior.NEW)
    found = replace(cost([row(cost="1")]), as_of=desk.clock.now())
    begun: list[str] = []

    def the_other_creates(what: str) -> None:
        if what == "before create" and not begun:
            begun.append(what)
            desk.conversation.add(comment(report(found), By(run_id="9002", attempt=1)))

    if behavior is Behavior.UPDATE:
        desk.conversation.written.clear()
    desk.publish(run="9002", behavior=behavior, step=the_other_creates)
    assert begun
    of_run = [b for b in desk.conversation.bodies() if read_record(b).run_id == "9002"]
    assert len(of_run) == 1
    earlier = len(desk.conversation.written) - 1
    assert earlier == (1 if behavior in (Behavior.NEW, Behavior.HIDE_AND_NEW) else 0)


def over(found: Report, *, stage: Stage = Stage.MERGED, plan: str = "495.20") -> Report:
    """As `mode: settle` tells it, with where the team stands and a comparison."""
    return replace(
        found,
        stage=stage,
        teams=(standing(spend=plan),),
        median=Median(amount=Decimal(plan) / 100, count=5),
    )


def settled_by(desk: Desk, plan: str, stage: Stage = Stage.MERGED, usd: str = "1") -> Published:
    desk.clock.time += timedelta(days=1)
    found = replace(cost([row(cost=usd)]), as_of=desk.clock.now())
    return publish(
        FakeComments(desk.conversation),
        lambda: over(report(found), stage=stage, plan=plan),
        Manner(repository="acme/shop", number=7, by=By(run_id="9001")),
        clock=desk.clock,
        chance=lambda: 0,
    )


@pytest.mark.parametrize("stage", [Stage.MERGED, Stage.CLOSED])
def test_a_final_figure_is_frozen_while_budgets_and_medians_go_on(desk: Desk, stage: Stage) -> None:
    assert settled_by(desk, "100", stage).change is Change.CREATED
    frozen = desk.only
    assert "12.5 % of the" in frozen
    assert settled_by(desk, "700", stage).change is Change.UNCHANGED
    assert desk.only == frozen
    assert settled_by(desk, "700", stage, usd="2").change is Change.UPDATED
    assert "87.5 % of the" in desk.only


def test_a_frozen_comment_that_was_edited_is_mended(desk: Desk) -> None:
    settled_by(desk, "100")
    right = desk.only
    for wrong in (
        right.replace("$1.00", "$0.01", 1),
        right.replace("| $1.00 |", "| $9.00 |"),
        right.replace(" final", " final and free", 1),
        right.replace("exactly $1 ", "exactly $2 "),
        right.replace('"total_usd":"1"', '"total_usd":"999"'),
        right.replace('"requests":', '"requests":9'),
        "\n".join(line for line in right.splitlines() if not line.startswith("|")),
    ):
        assert wrong != right
        desk.conversation.written[1] = (desk.author, wrong)
        assert settled_by(desk, "100").change is Change.UPDATED
        assert desk.only.splitlines()[0] == right.splitlines()[0]
        assert "$9.00" not in desk.only


def test_an_open_pull_requests_comment_follows_the_budget(desk: Desk) -> None:
    settled_by(desk, "100", Stage.OPEN)
    assert settled_by(desk, "700", Stage.OPEN).change is Change.UPDATED
    assert "87.5 % of the" in desk.only


@pytest.mark.parametrize("state", list(CostState))
def test_refused_jobs_of_others_stay_whatever_is_written(desk: Desk, state: CostState) -> None:
    desk.publish(refused=(refused("a", "1"),))
    desk.ledger.total = Decimal(2)
    desk.publish(refused=(refused("b", "2"),))
    desk.ledger.total = Decimal(3)
    done = desk.publish()
    assert [r.job for r in done.report.refused] == ["a", "b"]


class Crowd:
    """Forty jobs, each of which has spent something before it begins to write."""

    def __init__(self, seed: int, jobs: int, *, refuse: bool, patient: bool = True) -> None:
        random = Random(seed)
        self.conversation, self.total = Conversation(), Decimal(0)
        self.refused: set[Refused] = set()
        self.scene = Scene(lambda n: random.randrange(n))
        for number in range(jobs):
            own = (refused(f"job-{number}"),) if refuse else ()
            self.refused |= set(own)
            self.scene.act(lambda actor, own=own, n=number: self._job(actor, n, own, random))  # type: ignore[misc]

    def _job(self, actor: Actor, number: int, own: tuple[Refused, ...], random: Random) -> None:
        self.total += 1

        def reckon() -> Report:
            actor.step()
            found: Cost = replace(cost([row(cost=str(self.total))]), as_of=actor.now())
            actor.step()
            return report(found)

        publish(
            FakeComments(self.conversation, step=actor.step),
            reckon,
            Manner(repository="acme/shop", number=7, by=By(run_id=str(number)), refused=own),
            clock=actor,
            chance=random.random,
        )


@given(st.integers(0, 10**9), st.integers(2, 8))
@settings(max_examples=60)
def test_however_jobs_take_turns_one_comment_has_the_newest_figure_and_all_refused_jobs(
    seed: int, jobs: int
) -> None:
    crowd = Crowd(seed, jobs, refuse=True)
    crowd.scene.play()
    bodies = crowd.conversation.bodies()
    assert len(bodies) == 1
    assert total_in(bodies[0]) == str(jobs)
    assert set(read_record(bodies[0]).refused) == crowd.refused


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("refuse", [False, True])
def test_forty_jobs_at_once_end_with_one_comment_and_the_newest_figure(
    seed: int, refuse: bool
) -> None:
    crowd = Crowd(seed, 40, refuse=refuse)
    crowd.scene.play()
    bodies = crowd.conversation.bodies()
    assert len(bodies) == 1
    assert total_in(bodies[0]) == "40"
    assert set(read_record(bodies[0]).refused) == crowd.refused


def test_an_older_figure_that_was_held_up_and_written_last_does_not_stay() -> None:
    """Ten jobs end while the first one's PATCH is on its way."""
    desk, order = Desk(), [Decimal(1)]
    desk.publish()
    desk.ledger.total = Decimal(2)

    def ten_others(what: str) -> None:
        if what == "before edit" and len(order) == 1:
            for number in range(10):
                desk.ledger.total += 1
                order.append(desk.ledger.total)
                desk.publish(run=str(number))
            assert total_in(desk.only) == "12"

    desk.publish(step=ten_others)
    assert total_in(desk.only) == "12"
