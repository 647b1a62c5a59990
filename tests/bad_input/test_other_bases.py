"""A pull request into another branch than the default one: whose policy counts, and that it is said."""

from __future__ import annotations

from typing import Any

import pytest

from ci_tokengate.sandbox.github import faults, pull_request, rule
from ci_tokengate.sandbox.github.faults import Fault
from ci_tokengate.sandbox.github.state import Json
from tests.stage.claims import annotation_of, nothing_was_minted
from tests.stage.entries import Step
from tests.stage.world import BASE, HEAD, PATH, POLICY, World, pull_request_event

RELEASE, AT = "release/1.x", "e" * 40
OWN = POLICY.replace("cap-per-run: 2.00", "cap-per-run: 9.99")
GUARDS = [rule("creation"), rule("pull_request")]
INTO = {"ref": RELEASE, "sha": AT, "repo": {"full_name": "acme/shop"}}
ASKED = "/repos/acme/shop/rules/branches/release/1.x"
COUNTS = "The policy of release/1.x counts"
INSTEAD = "The default branch's policy counts, not that of release/1.x"


def stand(world: World, *rules: Json, own: str | None = OWN) -> None:
    """The default branch's policy has a cap of 2 USD a run; the release branch's own of 9.99."""
    world.github.files[("refs/heads/main", PATH)] = POLICY
    world.github.rules[RELEASE] = list(rules)
    if own is not None:
        world.github.files[(AT, PATH)] = own


def released(world: World, **inputs: str) -> Step:
    return world.job(pull_request_event(base=INTO)).main(**inputs)


def rules_asked(world: World) -> int:
    return sum(asked.path.endswith(ASKED) for asked in world.github.log)


def test_a_guarded_branchs_own_policy_counts_at_the_base_commit_and_is_named(world: World) -> None:
    stand(world, *GUARDS)
    step = released(world)
    assert (step.code, step.outputs["cap-usd"]) == (0, "9.99")
    assert world.github.asked == [f"{PATH}@{AT}"]
    assert COUNTS in step.out.splitlines()[0]
    assert COUNTS in annotation_of(step, "notice")
    assert COUNTS in step.summary
    assert rules_asked(world) == 1


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [rule("branch_name_pattern", operator="starts_with", pattern="release/")],
        [rule("pull_request")],
        [rule("creation"), rule("pull_request", required_approving_review_count=0)],
    ],
    ids=["none", "a name's form", "anybody may make it", "nobody has to approve"],
)
def test_a_branch_that_whoever_may_push_can_have_written_grants_nothing(
    world: World, rules: list[Json]
) -> None:
    """GitHub calls three of these four protected."""
    stand(world, *rules)
    world.github.protected.add(RELEASE)
    step = released(world)
    assert (step.code, step.outputs["cap-usd"]) == (0, "2")
    assert world.github.asked == [f"{PATH}@refs/heads/main"]
    said = f"{INSTEAD}, which whoever may push could have written"
    assert said in step.out
    assert said in step.summary


UNTOLD = {
    "not allowed": Fault(status=403, body=b'{"message": "Resource not accessible"}'),
    "no such route, as on old servers": Fault(status=404, body=b'{"message": "Not Found"}'),
    "a crash": faults.server_error(500),
    "the rate limit": faults.primary_limit(),
    "no connection": faults.dropped(),
    "half an answer": faults.not_json(),
    "an answer of another form": Fault(status=200, body=b'{"rules": []}'),
}


@pytest.mark.parametrize("fault", UNTOLD.values(), ids=UNTOLD)
def test_where_nobody_can_tell_the_default_branchs_policy_counts_and_the_reason_is_said(
    world: World, fault: Fault
) -> None:
    stand(world, *GUARDS)
    world.github.faults.plan("GET", r"/rules/branches/", fault, times=3)
    step = released(world)
    assert (step.code, step.outputs["cap-usd"]) == (0, "2")
    assert world.github.asked == [f"{PATH}@refs/heads/main"]
    assert f"{INSTEAD}: nobody could tell whether rulesets guard it. {world.api} " in step.out
    assert INSTEAD in step.summary


def test_rules_of_no_known_form_guard_nothing(world: World) -> None:
    odd: Any = [
        {"type": "pull_request", "parameters": {"required_approving_review_count": True}},
        {"type": "pull_request", "parameters": []},
        {"type": "creation"},
        {},
    ]
    stand(world, *odd)
    assert released(world).outputs["cap-usd"] == "2"


def test_a_guarded_branch_without_a_policy_has_the_default_branchs(world: World) -> None:
    stand(world, *GUARDS, own=None)
    step = released(world)
    assert (step.code, step.outputs["cap-usd"]) == (0, "2")
    assert world.github.asked == [f"{PATH}@{AT}", f"{PATH}@refs/heads/main"]
    assert f"{INSTEAD}, which rulesets guard and which has none." in step.out


def test_no_policy_at_all_says_which_branches_were_asked(world: World) -> None:
    stand(world, own=None)
    del world.github.files[("refs/heads/main", PATH)]
    step = released(world)
    assert step.code == 2
    assert f"There is no policy at {PATH}@main in acme/shop. {INSTEAD}" in annotation_of(step)
    nothing_was_minted(world)


def test_a_broken_policy_of_a_guarded_branch_is_an_error_and_no_reason_for_another(
    world: World,
) -> None:
    stand(world, *GUARDS, own="version: 2\n")
    step = released(world)
    assert step.code == 2
    assert f"{PATH}@{AT[:12]}" in annotation_of(step)
    nothing_was_minted(world)


def test_exemptions_are_read_where_the_policy_was(world: World) -> None:
    stand(world, *GUARDS)
    world.spend("payments-squad", "1300")
    released(world)
    folder = "contents/.github/exemptions"
    asked = [a.query["ref"] for a in world.github.log if a.path.endswith(folder)]
    assert asked == [AT]


def test_the_comment_at_the_jobs_end_reads_the_policy_where_the_gate_did(world: World) -> None:
    stand(world, *GUARDS)
    world.github.pulls[42] = pull_request(42)
    job = world.job(pull_request_event(base=INTO))
    job.main()
    job.post()
    job.report()
    assert world.github.asked == [f"{PATH}@{AT}"] * 2
    assert rules_asked(world) == 1


def test_settlement_reads_the_same_policy_and_says_so(world: World) -> None:
    stand(world, *GUARDS)
    world.github.pulls[42] = pull_request(42)
    step = released(world, mode="settle")
    assert step.code == 0
    assert COUNTS in step.out
    assert world.github.asked == [f"{PATH}@{AT}"]


@pytest.mark.parametrize(("rules", "ref"), [(GUARDS, AT), ([], "refs/heads/main")])
def test_the_scan_reads_the_same_policy_and_says_so(
    world: World, rules: list[Json], ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(world.folder)
    stand(world, *rules)
    step = released(world, mode="scan")
    assert step.code == 0
    assert world.github.asked == [f"{PATH}@{ref}"]
    said = COUNTS if rules else INSTEAD
    assert said in step.out.splitlines()[0]
    assert said in step.summary


def test_the_command_line_says_it_beside_its_answer(world: World) -> None:
    stand(world, *GUARDS)
    job = world.job(pull_request_event(base=INTO))
    done = world.cli("gate", "--format", "json", **{**job.env, "TOKENGATE_POLICY": PATH})
    assert done.code == 0
    assert COUNTS in done.err
    assert COUNTS not in done.out


@pytest.mark.parametrize(
    ("branch", "rules", "ref", "cap"),
    [
        ("main", [], "refs/heads/main", "2"),
        (RELEASE, GUARDS, f"refs/heads/{RELEASE}", "9.99"),
        (RELEASE, [], "refs/heads/main", "2"),
    ],
)
def test_a_merge_queues_policy_stands_at_the_branch_and_not_at_the_groups_before_it(
    world: World, branch: str, rules: list[Json], ref: str, cap: str
) -> None:
    """`base_sha` is the parent of the group, which holds what stands before it in the queue."""
    stand(world, *rules)
    world.github.files[(f"refs/heads/{RELEASE}", PATH)] = OWN
    world.github.files[(BASE, PATH)] = world.github.files[(HEAD, PATH)] = "version: 2\n"
    queued = f"refs/heads/gh-readonly-queue/{branch}/pr-42-{BASE}"
    group = {"base_ref": f"refs/heads/{branch}", "base_sha": BASE, "head_ref": queued}
    event = {"merge_group": group, "repository": {"default_branch": "main"}}
    step = world.job(event, name="merge_group", GITHUB_SHA=HEAD, GITHUB_REF=queued).main()
    assert (step.code, step.outputs["cap-usd"]) == (0, cap)
    assert world.github.asked == [f"{PATH}@{ref}"]
    assert rules_asked(world) == (branch != "main")


def test_a_pull_request_into_the_default_branch_costs_no_question(world: World) -> None:
    step = world.job().main()
    assert step.code == 0
    assert not any("/rules/" in asked.path for asked in world.github.log)
    assert "policy counts" not in step.said
