"""`ci-tokengate cost` as a command: what it takes, says and exits with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ci_tokengate.sandbox.github.faults import dropped, primary_limit, server_error
from tests.cli.cost.conftest import Mint
from tests.stage.entries import Done
from tests.stage.world import TOKEN, World, pull_request_event

CALL = "in=1000 out=50 cr=500"
PRICE = "0.0001425"


def alias(scope: str = "42", *, run: str = "777.1", nonce: str = "ab12") -> str:
    return f"tokengate:acme/shop#{scope}:{run}:review:code-review:{nonce}"


def cost(world: World, *args: str, **env: str) -> Done:
    return world.cli("cost", "--repository", "acme/shop", *args, **env)


def body_of(done: Done) -> Any:
    return json.loads(done.out)


def test_a_pull_requests_cost_is_the_sum_of_its_rows(world: World, mint: Mint) -> None:
    mint(alias(), CALL, CALL)
    mint(alias(run="778.1", nonce="cd34"), CALL)
    mint(alias("421"), CALL)
    done = cost(world, "--pr", "42", "--format", "json")
    body = body_of(done)
    assert (done.code, body["total_usd"], body["state"]) == (0, "0.0004275", "settled")
    assert body["rows"][0]["cache_read_tokens"] == 1500
    assert [(key["run_id"], key["cost_usd"]) for key in body["keys"]] == [
        ("777", "0.000285"),
        ("778", PRICE),
    ]


def test_the_figure_comes_first_on_a_terminal(world: World, mint: Mint) -> None:
    mint(alias(), CALL)
    done = cost(world, "--pr", "42")
    first, second, *_ = done.out.splitlines()
    assert first == "AI cost of acme/shop#42: $0.00014"
    assert second.startswith("  settled ")
    assert second.endswith(f"· exactly ${PRICE}")
    assert done.err == ""


@pytest.mark.parametrize(
    ("args", "total"),
    [
        (["--run", "777"], "0.00057"),
        (["--run", "7777"], PRICE),
        (["--run", "9"], "0"),
        (["--branch", "main"], PRICE),
        (["--branch", "refs/heads/main"], PRICE),
        (["--branch", "mai_"], "0"),
        (["--pr", "42"], "0.000285"),
        (["--pr", "042"], "0.000285"),
        (["--pr", "4"], "0"),
    ],
)
def test_what_is_asked_for_and_nothing_besides(
    world: World, mint: Mint, args: list[str], total: str
) -> None:
    mint(alias(), CALL)
    mint(alias(run="777.2", nonce="2"), CALL)
    mint(alias("refs/heads/main"), CALL)
    mint(alias("refs/heads/topic"), CALL)
    mint(alias("refs/heads/other", run="7777.1"), CALL)
    assert body_of(cost(world, *args, "--format", "json"))["total_usd"] == total


@pytest.mark.parametrize("repository", ["Acme/Shop", "ACME/SHOP"])
@pytest.mark.parametrize("args", [["--pr", "42"], ["--run", "777"]])
def test_a_repository_in_another_case_of_letters_is_the_same(
    world: World, mint: Mint, repository: str, args: list[str]
) -> None:
    mint(alias(), CALL)
    done = world.cli("cost", "--repository", repository, *args, "--format", "json")
    assert body_of(done)["total_usd"] == PRICE


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "Give one of --pr, --run and --branch."),
        (["--pr", "1", "--run", "2"], "Give one of --pr, --run and --branch."),
        (["--pr", "1", "--branch", "x"], "Give one of --pr, --run and --branch."),
        (["--pr", "0"], "'0' is not the number of a pull request."),
        (["--pr", "-1"], "'-1' is not the number of a pull request."),
        (["--pr", "1e3"], "'1e3' is not the number of a pull request."),
        (["--pr", "٣"], "'٣' is not the number of a pull request."),
        (["--pr", "9" * 5000], "is not the number of a pull request."),
        (["--pr", "1", "--wait", "soon"], "--wait"),
        (["--pr", "1", "--wait", "-1s"], "--wait"),
        (["--pr", "1", "--format", "xml"], "xml"),
        (["--pr", "1", "--timeout", "nan"], "nan"),
        (["--pr", "1", "--repository", ""], "Give --repository owner/name."),
        (["--pr", "1", "--repository", "shop"], "Give --repository owner/name."),
        (["--pr", "1", "--repository", "/shop"], "Give --repository owner/name."),
        (["--pr", "1", "--proxy-key", ""], "proxy-key is empty"),
        (["--pr", "1", "--proxy-key", "sk-of-nobody-1234"], "does not accept the minting key"),
    ],
)
def test_bad_input_ends_with_2_and_a_sentence(world: World, args: list[str], said: str) -> None:
    done = cost(world, *args)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""
    assert "Traceback" not in done.said


def test_a_repository_has_to_be_given_somehow(world: World, mint: Mint) -> None:
    mint(alias(), CALL)
    assert world.cli("cost", "--pr", "42").code == 2
    done = world.cli("cost", "--pr", "42", "--format", "json", GITHUB_REPOSITORY="acme/shop")
    assert body_of(done)["total_usd"] == PRICE


def test_a_pull_request_that_the_proxy_does_not_know_is_said_to_be_unknown_to_it(
    world: World,
) -> None:
    done = cost(world, "--pr", "99")
    assert done.code == 0
    assert "AI cost of acme/shop#99: $0.00\n  settled " in done.out
    assert "the proxy knows no job key of it" in done.out
    assert "Are name and number right?" in done.out


def test_with_a_token_a_pull_request_that_is_not_there_is_one_sentence(world: World) -> None:
    done = cost(world, "--pr", "99", GITHUB_TOKEN=TOKEN, GITHUB_API_URL=world.api)
    assert done.code == 2
    sentence = "✖ GitHub has no pull request 99 in acme/shop, or does not show it to this token."
    assert done.err.splitlines()[0] == sentence
    assert done.out == ""


def test_with_a_token_a_pull_request_that_is_there_has_its_figure(world: World, mint: Mint) -> None:
    mint(alias(), CALL)
    world.github.pulls[42] = pull_request_event()["pull_request"]
    done = cost(
        world, "--pr", "42", "--format", "json", GITHUB_TOKEN=TOKEN, GITHUB_API_URL=world.api
    )
    assert (done.code, body_of(done)["total_usd"], done.err) == (0, PRICE, "")


def test_of_a_repository_that_was_renamed_it_is_what_it_cost_under_the_name_that_is_given(
    world: World, mint: Mint
) -> None:
    mint("tokengate:acme/old#42:1.1:review:code-review:ab12", CALL)
    mint(alias(), CALL, CALL)
    world.github.pulls[42] = pull_request_event()["pull_request"]
    world.github.moved["acme/old"] = "acme/shop"
    github = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": world.api}
    old = world.cli("cost", "--repository", "acme/old", "--pr", "42", "--format", "json", **github)
    assert (old.code, body_of(old)["total_usd"]) == (0, PRICE)
    assert old.err == "  acme/old was renamed: this is what it cost under that name.\n"
    new = cost(world, "--pr", "42", "--format", "json", **github)
    assert body_of(new)["total_usd"] == "0.000285"


@pytest.mark.parametrize("fault", [server_error(502), primary_limit(), dropped()])
def test_where_github_is_unwell_the_proxys_figure_is_told_all_the_same(
    world: World, mint: Mint, fault: Any
) -> None:
    mint(alias(), CALL)
    world.github.pulls[42] = pull_request_event()["pull_request"]
    world.github.faults.plan("GET", "/pulls/42", fault, times=3)
    done = cost(
        world, "--pr", "42", "--format", "json", GITHUB_TOKEN=TOKEN, GITHUB_API_URL=world.api
    )
    assert (done.code, body_of(done)["total_usd"]) == (0, PRICE)
    assert done.err.endswith("The proxy is asked all the same.\n")
    assert TOKEN not in done.said


@pytest.mark.parametrize("args", [["--pr", "42"], ["--run", "777"], ["--branch", "main"]])
def test_a_database_that_is_down_is_unknown_and_no_zero(
    world: World, mint: Mint, args: list[str]
) -> None:
    mint(alias(), CALL)
    assert cost(world, *args).code == 0, "the minting key is in the proxy's cache from here on"
    world.sandbox.set_database(up=False)
    done = cost(world, *args, "--format", "json")
    body = body_of(done)
    assert (done.code, body["state"], body["total_usd"]) == (3, "unknown", None)
    assert body["reason"].startswith("The proxy's database is down")
    assert "The proxy's database is down" in done.err
    text = cost(world, *args)
    assert (text.code, text.out) == (3, "")


def test_a_proxy_that_nobody_reaches_is_unknown(world: World) -> None:
    done = cost(world, "--pr", "1", "--proxy-url", "http://127.0.0.1:9", "--format", "json")
    assert (done.code, body_of(done)["total_usd"]) == (3, None)


def test_a_log_that_has_lost_rows_is_unknown_with_a_lower_bound(world: World, mint: Mint) -> None:
    mint(alias(), CALL, CALL)
    with world.sandbox.state.lock:
        del world.sandbox.state.rows[0]
    done = cost(world, "--pr", "42", "--format", "json")
    body = body_of(done)
    assert (done.code, body["state"], body["total_usd"]) == (3, "unknown", PRICE)
    assert (body["lost_usd"], body["complete"]) == (PRICE, False)


def test_a_log_that_was_pruned_of_all_that_a_key_did_is_unknown_and_no_settled_zero(
    world: World, mint: Mint
) -> None:
    """The key was revoked at once, so that it reports no spend of its own."""
    key = mint(alias(), CALL, ended=9 * 86_400)
    mint(alias("7", nonce="another"), CALL)
    with world.sandbox.state.lock:
        key.spend *= 0
        world.sandbox.state.rows[:] = [
            row for row in world.sandbox.state.rows if row.token != key.token
        ]
    done = cost(world, "--pr", "42", "--format", "json")
    body = body_of(done)
    assert (done.code, body["state"], body["complete"]) == (3, "unknown", False)
    assert body["reason"].startswith("1 job ended before the proxy's log begins")
    said = cost(world, "--pr", "42").out
    assert "AI cost of acme/shop#42: not known" in said
    assert "unknown: the proxy's log does not go back far enough" in said
    assert "$0.00" not in said.splitlines()[0]


def test_tokens_without_a_price_make_a_lower_bound_with_a_list_price(
    world: World, mint: Mint
) -> None:
    mint(alias(), CALL)
    key = mint(alias(nonce="2"), CALL)
    with world.sandbox.state.lock:
        for row in world.sandbox.state.rows:
            if row.token == key.token:
                object.__setattr__(row, "spend", row.spend * 0)
        key.spend *= 0
    done = cost(world, "--pr", "42")
    assert done.code == 0
    assert "at least $0.00014" in done.out
    assert "1 call of gpt-mini has no price at the proxy; by the provider's list it costs $" in (
        done.out
    )
    (row,) = body_of(cost(world, "--pr", "42", "--format", "json"))["rows"]
    assert (row["priced"], row["unpriced_requests"], row["list_price_usd"]) == (False, 1, PRICE)


def test_a_running_job_makes_it_provisional_and_is_not_waited_for(
    world: World, mint: Mint, slept: list[float]
) -> None:
    mint(alias(), CALL, ended=None)
    done = cost(world, "--pr", "42", "--wait", "10m")
    assert (done.code, slept) == (0, [])
    assert "$0.00014 so far" in done.out
    assert "1 job still running" in done.out


def test_the_last_rows_are_waited_for_if_asked(
    world: World, mint: Mint, slept: list[float]
) -> None:
    mint(alias(), CALL, ended=5)
    assert "the proxy may still be writing" in cost(world, "--pr", "42").out
    assert slept == []
    done = cost(world, "--pr", "42", "--wait", "30s")
    assert "  settled " in done.out
    assert 14 < sum(slept) <= 15


def test_names_of_strangers_are_no_control_characters_in_either_form(
    world: World, mint: Mint
) -> None:
    mint(alias(run="%1B%5B31m%C2%9B.1", nonce="x").replace(":review:", ":a%0Ab%E2%80%AE:"), CALL)
    for form in ("text", "json"):
        done = cost(world, "--pr", "42", "--format", form)
        assert done.code == 0
        assert {c for c in done.out if not c.isprintable()} == {"\n"}
    key = body_of(cost(world, "--pr", "42", "--format", "json"))["keys"][0]
    assert (key["job"], key["run_id"]) == ("a\nb\u202e", "\x1b[31m\x9b")
