"""Where a job's policy stands, by its event; and which rules keep a branch from being written by one alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ci_tokengate.core.context import JobContext, PullRequest
from ci_tokengate.core.policy_place import BranchRule, OtherBase, PolicyPlace, guarded, place_of
from tests.fakes import a_context

BASE, HEAD = "b" * 40, "a" * 40


def into(branch: str, base_sha: str = BASE) -> JobContext:
    pull = PullRequest(
        number=12, base_sha=base_sha, base_ref=branch, head_ref="topic", from_fork=False
    )
    return replace(a_context(), pull_request=pull)


def of(event: str, ref: str) -> JobContext:
    return replace(a_context(None), event=event, ref=ref)


QUEUED = "refs/heads/gh-readonly-queue/release/1.x/pr-12-bbbb"
RELEASE = OtherBase(branch="release/1.x", ref=BASE)
QUEUE_OF_RELEASE = OtherBase(branch="release/1.x", ref="refs/heads/release/1.x")
TRUNK = PolicyPlace(ref="refs/heads/main")
PLACES = {
    "a pull request into the default branch": (into("main"), "", PolicyPlace(ref=BASE)),
    "a pull request whose base has no name": (into(""), "", PolicyPlace(ref=BASE)),
    "a pull request into another branch": (into("release/1.x"), "", replace(TRUNK, base=RELEASE)),
    "a run of a fork, which lists no base": (into("", ""), "", TRUNK),
    "a push to the default branch": (of("push", "refs/heads/main"), "", PolicyPlace(ref=HEAD)),
    "a push to another branch": (of("push", "refs/heads/release/1.x"), "", TRUNK),
    "a tag": (of("push", "refs/tags/v1"), "", TRUNK),
    "a queue into the default branch": (of("merge_group", QUEUED), "refs/heads/main", TRUNK),
    "a queue into another branch": (
        of("merge_group", QUEUED),
        "refs/heads/release/1.x",
        replace(TRUNK, base=QUEUE_OF_RELEASE),
    ),
    "a queue into nothing that is a branch": (of("merge_group", QUEUED), "refs/tags/v1", TRUNK),
}


@pytest.mark.parametrize(("context", "queue_base", "place"), PLACES.values(), ids=PLACES)
def test_where_the_policy_of_an_event_stands(
    context: JobContext, queue_base: str, place: PolicyPlace
) -> None:
    assert place_of(context, default="main", queue_base=queue_base) == place


def test_a_payload_without_a_default_branch_leaves_the_base_or_the_jobs_own_commit() -> None:
    assert place_of(into("release/1.x"), default="") == PolicyPlace(ref=BASE)
    assert place_of(of("push", "refs/heads/topic"), default="") == PolicyPlace(ref=HEAD)


CREATION, UPDATE = BranchRule(kind="creation"), BranchRule(kind="update")
APPROVED = BranchRule(kind="pull_request", approvals=1)
UNSEEN = BranchRule(kind="pull_request", approvals=0)
RULES = {
    "made by few, changed by approval": ([CREATION, APPROVED], True),
    "made and changed by few": ([UPDATE, CREATION], True),
    "two rulesets, of which one wants an approval": ([APPROVED, UNSEEN, CREATION], True),
    "none": ([], False),
    "only approval: whoever pushes may make such a branch": ([APPROVED], False),
    "only its making": ([CREATION], False),
    "pull requests that nobody approves": ([CREATION, UNSEEN], False),
    "the form of its name": ([BranchRule(kind="branch_name_pattern")], False),
    "history that stays": (
        [BranchRule(kind=k) for k in ("deletion", "non_fast_forward", "required_signatures")],
        False,
    ),
    "checks, and a merge queue": (
        [CREATION, BranchRule(kind="required_status_checks"), BranchRule(kind="merge_queue")],
        False,
    ),
}


@pytest.mark.parametrize(("rules", "held"), RULES.values(), ids=RULES)
def test_which_rules_keep_whoever_may_push_from_writing_a_branch_alone(
    rules: list[BranchRule], held: bool
) -> None:
    assert guarded(rules) is held
    assert guarded(reversed(rules)) is held
