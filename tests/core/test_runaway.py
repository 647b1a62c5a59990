from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ci_tokengate.core.context import JobContext, PullRequest
from ci_tokengate.core.keys import KeyRecord
from ci_tokengate.core.runaway import Reached, Runaway, RunLimits, day_began, reached
from tests.fakes import NOW

PULL = PullRequest(number=42, base_sha="b" * 40, head_ref="topic", from_fork=False)
CONTEXT = JobContext(
    server="github.com",
    repository="acme/shop",
    event="pull_request",
    ref="refs/pull/42/merge",
    sha="a" * 40,
    run_id="900",
    run_attempt=1,
    job="review",
    workflow="review.yml",
    pull_request=PULL,
)


def _key(run: str, *, scope: str = "42", workflow: str = "review.yml", cap: str = "2") -> KeyRecord:
    alias = f"tokengate:acme/shop#{scope}:{run}:review:code-review:n"
    return KeyRecord(
        id=f"{run}-{scope}-{workflow}",
        alias=alias,
        team_id="t",
        cap=Decimal(cap),
        spend=Decimal(0),
        created_at=NOW,
        expires_at=None,
        workflow=workflow,
    )


@pytest.mark.parametrize(
    ("limits", "today", "limit", "there"),
    [
        (RunLimits(runs_per_pr=2), ["1.1", "2.1"], Runaway.PULL_REQUEST, 2),
        (RunLimits(runs_per_pr=2), ["1.1", "1.2"], Runaway.PULL_REQUEST, 2),
        (RunLimits(runs_per_pr=2), ["1.1", "900.1"], None, 0),
        (RunLimits(runs_per_pr=3), ["1.1", "2.1"], None, 0),
        (RunLimits(runs_per_workflow=2), ["1.1", "2.1"], Runaway.WORKFLOW, 2),
        (RunLimits(), ["1.1"] * 99, None, 0),
    ],
)
def test_runs_are_counted_by_their_keys_an_attempt_each_and_ones_own_never(
    limits: RunLimits, today: list[str], limit: Runaway | None, there: int
) -> None:
    found = reached(limits, CONTEXT, today=[_key(run) for run in today], live=[])
    allowed = 2
    assert found == (limit and Reached(limit=limit, allowed=allowed, there=there))


def test_other_pull_requests_and_workflows_do_not_count_nor_do_keys_that_only_took_an_alias() -> (
    None
):
    others = [_key("1.1", scope="7"), _key("2.1", cap="0")]
    assert reached(RunLimits(runs_per_pr=1), CONTEXT, today=others, live=[]) is None
    others = [_key("1.1", workflow="other.yml")]
    assert reached(RunLimits(runs_per_workflow=1), CONTEXT, today=others, live=[]) is None


def test_living_keys_of_the_team_are_counted_whatever_they_are_for() -> None:
    live = [_key("1.1", scope="7"), _key("2.1", workflow="x")]
    limits = RunLimits(keys_per_team=2)
    found = reached(limits, CONTEXT, today=[], live=live)
    assert found == Reached(limit=Runaway.TEAM, allowed=2, there=2)
    assert reached(limits, CONTEXT, today=[], live=live[:1]) is None


def test_keys_that_cannot_spend_are_none_and_those_of_the_own_run_are_some() -> None:
    """What took an alias, and the doctor's trial keys, have a cap of 0; a matrix has several of its own."""
    idle = [_key("1.1", scope="7", cap="0"), _key("2.1", workflow="x", cap="0")]
    own = [_key("900.1"), _key("900.1", workflow="x")]
    limits = RunLimits(keys_per_team=2)
    assert reached(limits, CONTEXT, today=[], live=idle) is None
    assert reached(limits, CONTEXT, today=[], live=[*idle, *own]) is not None


@pytest.mark.parametrize(
    ("zone", "now", "begun"),
    [
        # where the clocks change at midnight: it is skipped, or comes twice
        ("Africa/Cairo", "2026-04-24T12:00", "2026-04-23T22:00"),
        ("America/Havana", "2026-11-01T12:00", "2026-11-01T04:00"),
        ("America/Havana", "2026-11-01T04:30", "2026-11-01T04:00"),
        ("Pacific/Kiritimati", "2026-12-31T10:00", "2026-12-31T10:00"),
        ("UTC", "2026-12-01T00:00", "2026-12-01T00:00"),
        ("Asia/Kolkata", "2026-11-30T23:30", "2026-11-30T18:30"),
        ("Europe/Berlin", "2026-03-29T12:00", "2026-03-28T23:00"),
        ("Europe/Berlin", "2026-10-25T23:30", "2026-10-25T23:00"),
        ("America/Los_Angeles", "2026-12-01T07:59", "2026-11-30T08:00"),
    ],
)
def test_a_day_begins_at_midnight_of_the_policys_zone(zone: str, now: str, begun: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=timezone.utc)
    found = day_began(moment, ZoneInfo(zone))
    assert f"{found:%Y-%m-%dT%H:%M}" == begun
    assert moment - timedelta(hours=25) < found <= moment
