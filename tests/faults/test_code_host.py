"""GitHub misbehaves, or this machine's settings do."""

from __future__ import annotations

import pytest

from ci_tokengate.adapters.github import GitHub
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.errors import UndecidedError, UsageError
from tests.stage.claims import annotation_of, complaint_of, nothing_was_minted
from tests.stage.faults import Faults
from tests.stage.world import TOKEN, World


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("429", 3, "limits the rate of requests, while reading .github/tokengate.yml"),
        ("500", 3, "failed, while reading .github/tokengate.yml"),
        ("503", 3, "failed, while reading .github/tokengate.yml"),
        ("connection_reset", 3, "broke off without a whole answer"),
        ("html_401", 2, "refused, while reading .github/tokengate.yml"),
        ("redirect", 3, "failed, while reading .github/tokengate.yml"),
        ("html_200", 2, "must be a table of keys"),
        ("empty_200", 2, "the file is empty"),
    ],
)
def test_a_policy_that_cannot_be_read_at_the_code_host_mints_nothing(
    world: World, faults: Faults, fault: str, code: int, words: str
) -> None:
    step = world.job(GITHUB_API_URL=faults.become(fault)).main()
    assert step.code == code
    assert words in annotation_of(step)
    assert TOKEN not in step.said
    nothing_was_minted(world)


def test_a_pull_request_that_is_cut_short_is_undecided_and_no_fault_of_the_payload(
    faults: Faults,
) -> None:
    host = GitHub(faults.url("truncated_json"), TOKEN, deadline=Deadline(5))
    with pytest.raises(UndecidedError, match="sent no whole answer"):
        host.pull_request("acme/shop", 7)


def test_settings_of_this_machine_that_cannot_be_used_are_named(world: World) -> None:
    for name, value in (
        ("SSL_CERT_FILE", "/nowhere.pem"),
        ("HTTPS_PROXY", "nonsense://me:hunter22@proxy"),
    ):
        done = world.cli("gate", "--proxy-url=https://llm.invalid", **{name: value})
        assert done.code == 2
        assert "This machine's settings for HTTP cannot be used" in complaint_of(done)
        assert name in done.err
        assert "hunter22" not in done.said


def test_a_token_that_no_header_can_carry_is_refused_unseen(world: World) -> None:
    step = world.job().main(github_token="ghs_one\nghs_two")
    assert step.code == 2
    assert "github-token holds a character that no key has" in annotation_of(step)
    assert "ghs_" not in step.said


def test_a_code_host_that_hangs_ends_with_the_deadline(faults: Faults) -> None:
    host = GitHub(faults.url("slow_body"), TOKEN, deadline=Deadline(0.3))
    with pytest.raises(UndecidedError):
        host.file_at("acme/shop", "x.yml", "main")


def test_a_refused_token_is_told_with_the_permission_it_needs(faults: Faults) -> None:
    host = GitHub(faults.url("html_401"), TOKEN, deadline=Deadline(5))
    with pytest.raises(UsageError) as caught:
        host.pull_request("acme/shop", 7)
    assert "permissions: contents: read" in caught.value.hint
