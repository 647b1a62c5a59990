"""What a workflow or a shell can give wrongly. Nothing of it reaches the proxy's mint."""

from __future__ import annotations

import pytest

from tests.stage.claims import (
    annotation_of,
    complaint_of,
    no_secret_is_said,
    nothing_was_minted,
)
from tests.stage.faults import Faults
from tests.stage.world import World

WRONG = {
    "an amount with a currency": ({"max_budget": "5$"}, "'5$', which is not an amount in USD"),
    "an amount that is NaN": ({"max_budget": "NaN"}, "'NaN', which is not an amount"),
    "an amount below zero": ({"max_budget": "-1"}, "'-1', which is not an amount"),
    "an amount with an exponent": ({"max_budget": "1e9"}, "'1e9', which is not an amount"),
    "an amount with a comma": ({"max_budget": "1,50"}, "'1,50', which is not an amount"),
    "an amount of endless digits": ({"max_budget": "9" * 5000}, "…', which is not an amount"),
    "an amount in other digits": ({"max_budget": "٣"}, "'٣', which is not an amount"),
    "an amount of zero": ({"max_budget": "0"}, "could not make a single call"),
    "a lifetime in words": ({"ttl": "30 minutes"}, "'30 minutes', which is not a duration"),
    "a lifetime of zero": ({"ttl": "0m"}, "'0m', which is not a duration"),
    "a lifetime below zero": ({"ttl": "-5m"}, "'-5m', which is not a duration"),
    "a lifetime without a unit": ({"ttl": "30"}, "'30', which is not a duration"),
    "a team that is not there": (
        {"team": "paymets-squad"},
        "There are: ghosts, payments-squad, platform, search-squad. Did you mean payments-squad?",
    ),
    "a use case that is not there": (
        {"use_case": "review"},
        "There are: code-review, embeddings, no-such-model.",
    ),
    "a team that the proxy does not know": ({"team": "ghosts"}, "knows no team 'no-such-team'"),
    "a tool that is not there": ({"tools": "claudecode"}, "Did you mean 'claude-code'?"),
    "a tool that is billed by seat": ({"tools": "cursor"}, "cannot be brought to the proxy"),
    "a proxy of another kind": (
        {"proxy": "portcullis"},
        "There are: litellm, portkey, openrouter.",
    ),
    "an address that is none": ({"proxy_url": "llm.acme.example"}, "is not an http(s) URL"),
    "an address of another scheme": ({"proxy_url": "ftp://llm"}, "is not an http(s) URL"),
    "an address with a port that is none": ({"proxy_url": "http://llm:port"}, "is not a URL"),
    "an address that ends in /v1": ({"proxy_url": "https://llm.acme/v1/"}, "Use https://llm.acme:"),
    "no minting key": ({"proxy_key": " "}, "there is no minting key"),
    "a minting key of two lines": ({"proxy_key": "sk-one\nsk-two"}, "no key has"),
    "a minting key with an accent": ({"proxy_key": "sk-clé-secrète"}, "no key has"),
    "a minting key that is not one": ({"proxy_key": "sk-nobody-knows-me"}, "does not accept"),
    "a policy path that leads nowhere": ({"policy": "nowhere.yml"}, "nowhere.yml"),
}


@pytest.mark.parametrize(("inputs", "words"), WRONG.values(), ids=WRONG)
def test_the_action_says_what_is_wrong_and_mints_nothing(
    world: World, inputs: dict[str, str], words: str
) -> None:
    step = world.job().main(**inputs)
    assert step.code == 2
    assert words in annotation_of(step)
    assert step.outputs.get("allowed", "false") == "false"
    for line in inputs.get("proxy_key", "").split():
        assert line not in step.said + step.summary
    no_secret_is_said(world, step)
    nothing_was_minted(world)


@pytest.mark.parametrize(("inputs", "words"), WRONG.values(), ids=WRONG)
def test_mint_says_what_is_wrong_and_mints_nothing(
    world: World, inputs: dict[str, str], words: str
) -> None:
    done = world.cli("mint", *(f"--{k.replace('_', '-')}={v}" for k, v in inputs.items()))
    assert done.code == 2
    assert words in complaint_of(done)
    for line in inputs.get("proxy_key", "").split():
        assert line not in done.said
    nothing_was_minted(world)


CHOICES = {
    "mode": "key, gate, settle, scan",
    "export": "env, output, both",
    "on_error": "block, skip",
    "on_hard_stop": "fail, skip",
    "on_fork": "skip, fail",
    "on_cap": "warn, fail",
}


@pytest.mark.parametrize(("name", "allowed"), CHOICES.items())
def test_an_input_that_is_none_of_its_choices_is_told_which_there_are(
    world: World, name: str, allowed: str
) -> None:
    step = world.job().main(**{name: "maybe"})
    assert step.code == 2
    said = annotation_of(step)
    assert f"{name.replace('_', '-')} is 'maybe'." in said
    assert f"Set it to one of: {allowed}." in said
    nothing_was_minted(world)


@pytest.mark.parametrize("value", ["nan", "-1", "0", "inf", "soon"])
def test_a_timeout_that_is_no_span_of_time_is_refused(world: World, value: str) -> None:
    done = world.cli("gate", f"--timeout={value}")
    assert done.code == 2
    assert "Invalid value for '--timeout'" in done.err
    assert "Traceback" not in done.said


@pytest.mark.parametrize("number", ["abc", "0", "-1", "1.5", "²"])
def test_a_pull_request_has_a_number(world: World, number: str) -> None:
    done = world.cli("gate", f"--pr={number}")
    assert done.code == 2
    assert "is not the number of a pull request" in done.err


def test_an_address_with_a_password_in_it_is_refused_without_showing_it(world: World) -> None:
    for url in ("https://me:hunter22@llm.acme", "ftp://me:hunter22@llm", "http://me:hunter22@a:b"):
        done = world.cli("gate", f"--proxy-url={url}")
        assert done.code == 2
        assert "hunter22" not in done.said


def test_revoking_by_the_key_itself_is_refused_without_showing_it(world: World) -> None:
    world.cli("mint")
    key = world.source.keys[0]
    done = world.cli("revoke", f"--key-id={key}")
    assert done.code == 2
    assert "64 hex digits, not the key itself" in complaint_of(done)
    assert key not in done.said
    assert len(world.live) == 1


def test_revoking_what_is_not_ours_is_refused(world: World) -> None:
    done = world.cli("revoke", "--alias=ci-minter")
    assert done.code == 2
    assert "is not the alias of a job key" in complaint_of(done)


def test_an_admin_key_is_recognised_and_refused(world: World) -> None:
    step = world.job().main(proxy_key=world.sandbox.admin_key)
    assert step.code == 2
    assert "is a master or admin key of the proxy" in annotation_of(step)
    done = world.cli("mint", TOKENGATE_PROXY_KEY=world.sandbox.admin_key)
    assert done.code == 2
    assert "least-privileged minting key" in complaint_of(done)
    no_secret_is_said(world, done)
    nothing_was_minted(world)


def test_an_expired_minting_key_is_told_apart_from_a_wrong_one(world: World) -> None:
    with world.sandbox.state.lock:
        (minter,) = world.sandbox.state.keys.values()
        minter.expires = minter.created
    step = world.job().main()
    assert step.code == 2
    assert "Expired Key" in annotation_of(step)
    nothing_was_minted(world)


def test_a_minting_key_with_white_space_around_it_is_taken_without_it(world: World) -> None:
    assert world.job().main(proxy_key=f" {world.sandbox.minter_key}\n").code == 0


def test_a_model_that_the_proxy_does_not_serve_is_found_out_and_the_key_is_given_back(
    world: World,
) -> None:
    with world.sandbox.state.lock:
        world.sandbox.state.teams["payments-squad"].models.clear()
    step = world.job().main(use_case="no-such-model")
    assert step.code == 2
    assert "The proxy has no model claude-nonesuch" in annotation_of(step)
    assert world.minted == 1
    assert world.live == []


def test_a_model_that_the_team_may_not_use_is_told_before_anything_is_minted(world: World) -> None:
    step = world.job().main(use_case="no-such-model")
    assert step.code == 2
    assert "may not use claude-nonesuch" in annotation_of(step)
    nothing_was_minted(world)


def test_a_proxy_that_is_not_there_leaves_the_question_undecided(world: World) -> None:
    step = world.job().main(proxy_url="http://127.0.0.1:1")
    assert step.code == 3
    assert "cannot be reached (Connection refused)" in annotation_of(step)
    assert step.outputs["verdict"] == "undecided"
    done = world.cli("gate", "--proxy-url=http://127.0.0.1:1")
    assert done.code == 3
    assert "Is http://127.0.0.1:1 right, is it up" in complaint_of(done)
    nothing_was_minted(world)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 70 + ".invalid", "a..b"])
def test_a_host_that_has_no_address_leaves_the_question_undecided(world: World, host: str) -> None:
    done = world.cli("mint", f"--proxy-url=http://{host}")
    assert done.code == 3
    assert complaint_of(done)
    nothing_was_minted(world)


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("html_200", 2, "answers with a web page, not as a LiteLLM proxy does (HTTP 200)"),
        ("html_401", 2, "answers with a web page, not as a LiteLLM proxy does (HTTP 401)"),
        ("html_429", 3, "limits the rate of requests"),
        ("html_502", 3, "(HTTP 502)"),
        ("redirect", 2, "redirects to another address; credentials are never sent along"),
        ("429", 3, "limits the rate of requests"),
        ("500", 3, "Internal Server Error."),
        ("503", 3, "The proxy's database is down"),
        ("truncated_json", 3, "not whole JSON"),
        ("schema_drift", 3, "in a form that is not LiteLLM's"),
        ("json_null", 3, "not whole JSON"),
        ("connection_reset", 3, "broke off without a whole answer"),
        ("garbage", 3, "broke off without a whole answer"),
    ],
)
def test_what_is_no_litellm_is_told_apart_from_one_that_is_unwell(
    world: World, faults: Faults, fault: str, code: int, words: str
) -> None:
    url = faults.become(fault)
    step = world.job().main(proxy_url=url)
    assert step.code == code
    assert words in annotation_of(step)
    assert step.outputs["allowed"] == "false"
    done = world.cli("mint", f"--proxy-url={url}")
    assert done.code == code
    assert words in complaint_of(done)
    no_secret_is_said(world, step)
    no_secret_is_said(world, done)
    nothing_was_minted(world)


@pytest.mark.parametrize("mode", ["key", "gate"])
def test_a_proxy_without_encryption_is_warned_of(world: World, mode: str) -> None:
    """Whoever is on the way would read the minting key."""
    step = world.job().main(mode=mode, proxy_url="http://llm.acme.invalid")
    [warning] = [line for line in step.out.splitlines() if line.startswith("::warning")]
    assert "is not encrypted: whoever is on the way can read the keys" in warning
    assert "set proxy-url to https%3A//llm.acme.invalid" in warning.replace("https:", "https%3A")
