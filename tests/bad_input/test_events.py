"""Events that do not say what job this is; pull requests that must not get a key."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ci_tokengate.adapters.event import github_job
from ci_tokengate.errors import UsageError
from ci_tokengate.sandbox.runner_files import read_entries
from tests.stage.claims import annotation_of, nothing_was_minted
from tests.stage.world import BASE, HEAD, PATH, POLICY, World, pull_request_event

NO_PULL_REQUEST = "The event is pull_request, but its payload has no pull request."
INCOMPLETE = "it lacks its number, base or head"
BAD: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "The event's payload is not JSON."),
    "not even text": ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "is not JSON"),
    "a list": ([], "The event's payload is not a JSON object."),
    "nested without end": ("[" * 100_000, "The event's payload is not JSON."),
    "no pull request": ({}, NO_PULL_REQUEST),
    "a pull request that is null": ({"pull_request": None}, INCOMPLETE),
    "a pull request that is text": ({"pull_request": "42"}, INCOMPLETE),
    "a pull request without a base": ({"pull_request": {"number": 1, "head": {}}}, INCOMPLETE),
    "a head that is a list": (pull_request_event(head=[]), INCOMPLETE),
    "a number beyond all numbers": (
        json.dumps(pull_request_event()).replace("42", "1e999"),
        INCOMPLETE,
    ),
}


@pytest.mark.parametrize(("event", "words"), BAD.values(), ids=BAD)
def test_a_payload_that_does_not_fit_its_event_is_told_and_nothing_is_minted(
    world: World, event: Any, words: str
) -> None:
    step = world.job(event).main()
    assert step.code == 2
    said = annotation_of(step)
    assert words in said
    assert "GITHUB_EVENT_PATH" in said
    nothing_was_minted(world)


def test_an_event_file_that_is_missing_is_told(world: World) -> None:
    step = world.job(GITHUB_EVENT_PATH=str(world.folder / "nowhere.json")).main()
    assert step.code == 2
    assert "The event's payload cannot be read (No such file or directory)" in annotation_of(step)
    step = world.job(GITHUB_EVENT_PATH="").main()
    assert step.code == 2
    assert "GITHUB_EVENT_PATH is not set." in annotation_of(step)


def test_the_command_line_reads_the_same_event_on_a_runner(world: World) -> None:
    job = world.job({})
    done = world.cli("gate", **job.env)
    assert done.code == 2
    assert NO_PULL_REQUEST in done.err


FORK = pull_request_event(
    head={"ref": "evil", "sha": HEAD, "repo": {"full_name": "mallory/shop", "fork": True}}
)
GONE = pull_request_event(head={"ref": "evil", "sha": HEAD, "repo": None})
RUN_OF_A_FORK = {
    "workflow_run": {
        "head_branch": "evil",
        "head_repository": {"full_name": "mallory/shop"},
        "pull_requests": [],
    },
    "repository": {"default_branch": "main"},
}
FORKS = {
    "a fork's head": ("pull_request", FORK),
    "a head whose repository is gone": ("pull_request", GONE),
    "a fork's head on pull_request_target": ("pull_request_target", FORK),
    "a fork's review": ("pull_request_review", FORK),
    "a workflow run of a fork": ("workflow_run", RUN_OF_A_FORK),
}


@pytest.mark.parametrize(("name", "event"), FORKS.values(), ids=FORKS)
@pytest.mark.parametrize(("on_fork", "code"), [("skip", 0), ("fail", 1)])
def test_a_fork_gets_no_key_and_the_proxy_is_not_even_asked(
    world: World, name: str, event: Any, on_fork: str, code: int
) -> None:
    step = world.job(event, name=name).main(on_fork=on_fork, proxy_url="http://127.0.0.1:1")
    assert step.code == code
    said = annotation_of(step, "error" if code else "notice")
    assert "comes from a fork" in said
    assert step.outputs["allowed"] == "false"
    assert step.outputs["verdict"] == "block"
    assert "comes from a fork" in step.outputs["reason"]
    assert "comes from a fork" in step.summary
    assert world.github.asked == []
    nothing_was_minted(world)


def _comment(number: Any = 7) -> dict[str, Any]:
    return {
        "issue": {"number": number, "pull_request": {"url": "…"}},
        "comment": {"body": "@agent review"},
        "repository": {"default_branch": "main"},
    }


def test_a_comment_on_a_forks_pull_request_is_found_out_at_the_code_host(world: World) -> None:
    world.github.pulls[7] = {**FORK["pull_request"], "number": 7}
    step = world.job(_comment(), name="issue_comment").main()
    assert step.code == 0
    assert step.outputs["allowed"] == "false"
    assert "comes from a fork" in annotation_of(step, "notice")
    nothing_was_minted(world)


def test_a_comment_on_an_own_pull_request_gets_a_key_under_the_policy_of_its_base(
    world: World,
) -> None:
    world.github.pulls[7] = {**pull_request_event()["pull_request"], "number": 7}
    step = world.job(_comment(), name="issue_comment").main()
    assert step.code == 0
    assert world.github.asked == [f"{PATH}@{BASE}"]
    (key,) = world.live
    assert (key.alias or "").startswith("tokengate:acme/shop#7:")


def test_a_comment_on_a_pull_request_that_nobody_finds_mints_nothing(world: World) -> None:
    step = world.job(_comment(), name="issue_comment").main()
    assert step.code == 2
    assert "while reading pull request 7 (HTTP 404)" in annotation_of(step)
    nothing_was_minted(world)


def test_a_pull_request_that_raises_its_own_budget_does_not_get_it(world: World) -> None:
    world.github.files[(HEAD, PATH)] = POLICY.replace("cap-per-run: 2.00", "cap-per-run: 9.99")
    world.github.files[("refs/pull/42/merge", PATH)] = world.github.files[(HEAD, PATH)]
    job = world.job(GITHUB_SHA=HEAD, GITHUB_REF="refs/pull/42/merge")
    step = job.main(max_budget="9.99")
    assert step.code == 0
    assert world.github.asked == [f"{PATH}@{BASE}"]
    assert step.outputs["cap-usd"] == "2"
    assert "max-budget is above the policy's cap-per-run" in step.out
    (key,) = world.live
    assert key.max_budget == 2


def test_a_pull_request_into_a_branch_of_ones_own_gets_the_default_branchs_policy(
    world: World,
) -> None:
    """Whoever may push could write any policy, or grant any exemption, on that branch."""
    mine = "e" * 40
    world.github.files[(mine, PATH)] = POLICY.replace("cap-per-run: 2.00", "cap-per-run: 9.99")
    world.github.files[("refs/heads/main", PATH)] = POLICY
    base = {"ref": "mine", "sha": mine, "repo": {"full_name": "acme/shop"}}
    step = world.job(pull_request_event(base=base)).main()
    assert step.code == 0
    assert world.github.asked == [f"{PATH}@refs/heads/main"]
    assert step.outputs["cap-usd"] == "2"


def test_a_push_to_a_branch_gets_the_default_branchs_policy_and_not_its_own(world: World) -> None:
    world.github.files[(HEAD, PATH)] = POLICY.replace("cap-per-run: 2.00", "cap-per-run: 9.99")
    world.github.files[("refs/heads/main", PATH)] = POLICY
    event = {"repository": {"default_branch": "main"}}
    step = world.job(event, name="push", GITHUB_SHA=HEAD, GITHUB_REF="refs/heads/faster").main()
    assert step.code == 0
    assert world.github.asked == [f"{PATH}@refs/heads/main"]
    assert step.outputs["cap-usd"] == "2"


_KEYS = st.sampled_from(
    [
        "pull_request",
        "workflow_run",
        "issue",
        "number",
        "head",
        "base",
        "sha",
        "ref",
        "repo",
        "full_name",
        "url",
        "pull_requests",
        "head_repository",
        "head_branch",
        "repository",
        "default_branch",
        "created_at",
        "merge_group",
        "base_ref",
    ]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)
_EVENTS = ("pull_request", "workflow_run", "issue_comment", "push", "merge_group")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_EVENTS), st.dictionaries(_KEYS, _JSON, max_size=4))
@example("workflow_run", {"workflow_run": [1]})
@example("workflow_run", {"workflow_run": {"pull_requests": [None, {"base": 1}]}})
@example("issue_comment", {"issue": {"number": "x", "pull_request": {"url": "…"}}})
@example("push", {"repository": "acme/shop"})
@example("merge_group", {"merge_group": {"base_ref": 1}, "repository": {"default_branch": ["x"]}})
def test_a_payload_of_any_form_is_a_job_or_a_usage_error(
    tmp_path_factory: pytest.TempPathFactory, event: str, payload: Any
) -> None:
    path = _file(tmp_path_factory)
    path.write_text(json.dumps(payload), encoding="utf-8")
    env = {
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_EVENT_NAME": event,
        "GITHUB_REPOSITORY": "acme/shop",
    }
    with contextlib.suppress(UsageError):
        assert github_job(env, None).context.repository == "acme/shop"


def _file(factory: pytest.TempPathFactory) -> Path:
    return factory.getbasetemp() / "any-event.json"


def test_a_value_of_many_lines_cannot_end_an_entry_of_the_runners_files(world: World) -> None:
    step = world.job().main(team="x\nallowed<<EOF\ntrue\nEOF")
    assert step.code == 2
    assert read_entries(world.jobs[0].folder / "output") == {"allowed": "false"}
