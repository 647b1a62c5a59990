"""`ci-tokengate doctor` on the sandbox, and on what is none."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.cli.doctor.conftest import POLICY
from tests.stage.claims import no_secret_is_said
from tests.stage.entries import Done
from tests.stage.faults import Faults
from tests.stage.relay import Relay, Way
from tests.stage.world import World


def _doctor(world: World, *args: str, **env: str) -> tuple[Done, list[dict[str, str]]]:
    """What it says, as text and as data; both are the same."""
    done = world.cli("doctor", *args, **env)
    said = world.cli("doctor", "--format", "json", *args, **env)
    for one in (done, said):
        no_secret_is_said(world, one)
        assert "Traceback" not in one.said
        assert one.err == ""
    data = json.loads(said.out)
    assert said.code == done.code == data["exit_code"]
    checks: list[dict[str, str]] = data["checks"]
    assert len(done.out.splitlines()) == len(checks) + 1
    return done, checks


def _lines(checks: list[dict[str, str]], subject: str) -> list[tuple[str, str]]:
    return [(c["status"], c["sentence"]) for c in checks if c["subject"] == subject]


def _keys_left(world: World) -> list[str | None]:
    with world.sandbox.state.lock:
        return [k.alias for k in world.sandbox.state.keys.values() if k.alias != "ci-minter"]


def _caps_minted(world: World) -> set[Any]:
    with world.sandbox.state.lock:
        return {k.max_budget for k in world.sandbox.state.deleted.values()}


def test_all_is_well_on_a_proxy_with_the_readmes_ceilings(hardened: World) -> None:
    done, checks = _doctor(hardened)
    assert done.code == 0
    assert {c["status"] for c in checks if c["subject"] != "comments"} == {"ok"}
    assert "mints for payments-squad; cannot call models" in done.out
    assert "at most $20.00, 8 requests at once, ends within 1h" in done.out
    assert len([c for c in checks if "its calls reach the proxy" in c["sentence"]]) == 12
    assert _keys_left(hardened) == []
    assert _caps_minted(hardened) == {0}
    assert hardened.sandbox.state.teams["payments-squad"].counted == 0


def test_ceilings_that_are_missing_are_each_named_and_nothing_that_could_spend_is_minted(
    world: World,
) -> None:
    done, checks = _doctor(world)
    assert done.code == 1
    assert [status for status, _ in _lines(checks, "ceilings")] == ["fail"] * 5 + ["warn"]
    for setting in (
        "upperbound_key_generate_params.duration",
        "upperbound_key_generate_params.max_budget",
        "required_params: [duration, max_budget]",
        "personal_key_generation: {allowed_user_roles: [proxy_admin]}",
        "max_parallel_requests: 8",
    ):
        assert setting in done.out
    assert _keys_left(world) == []
    assert _caps_minted(world) == {0}


def test_a_use_case_that_asks_for_more_than_the_ceilings_is_told(hardened: World) -> None:
    policy = hardened.folder / "policy.yml"
    text = policy.read_text(encoding="utf-8").replace("2.00", "25.00").replace("30m", "2h")
    policy.write_text(text.replace("version: 1", "version: 1\nmax-ttl: 2h"), encoding="utf-8")
    done, _ = _doctor(hardened)
    assert done.code == 1
    assert "cap-per-run of code-review is $25.00, above the proxy's $20.00" in done.out
    assert "ttl of code-review is 2h, above the proxy's 1h" in done.out


def test_a_real_call_with_each_wiring_shows_model_and_price_and_leaves_no_key(
    hardened: World,
) -> None:
    done, checks = _doctor(hardened, "--call")
    assert done.code == 0
    assert _lines(checks, "claude-code") == [
        ("ok", "a call with the wired environment arrived (claude-sonnet, $0.00060)")
    ]
    assert _lines(checks, "gemini") == [
        ("ok", "a call with the wired environment arrived (claude-sonnet, price not told)")
    ]
    assert _keys_left(hardened) == []
    assert max(_caps_minted(hardened)) <= 0.01
    assert hardened.sandbox.state.teams["payments-squad"].counted > 0


def test_an_address_that_ends_in_v1_is_told_and_gone_on_with(hardened: World) -> None:
    done, checks = _doctor(hardened, f"--proxy-url={hardened.url}/v1/")
    assert done.code == 1
    [(first, said), (second, _)] = _lines(checks, "proxy")
    assert (first, second) == ("fail", "ok")
    assert "ends in /v1" in said
    assert f"set proxy-url to {hardened.url}" in done.out
    assert _lines(checks, "ceilings")[0][0] == "ok"


def test_a_wrong_key_is_told_and_what_needs_it_is_not_checked(world: World) -> None:
    done, checks = _doctor(world, TOKENGATE_PROXY_KEY="sk-nobody-knows-me")
    assert done.code == 1
    assert "does not accept the minting key" in done.out
    assert _lines(checks, "teams")[0][1].startswith("not checked: ")


def test_an_admin_key_is_told_and_nothing_is_minted_with_it(world: World) -> None:
    done, _ = _doctor(world, TOKENGATE_PROXY_KEY=world.sandbox.admin_key)
    assert done.code == 1
    assert "it is a master or admin key" in done.out
    assert world.minted == 0


def test_no_key_at_all_is_told(world: World) -> None:
    done, _ = _doctor(world, TOKENGATE_PROXY_KEY="")
    assert done.code == 1
    assert "there is no minting key" in done.out


def test_a_right_that_the_key_lacks_is_named_with_how_to_give_it(world: World) -> None:
    with world.sandbox.state.lock:
        [minter] = world.sandbox.state.keys.values()
        minter.allowed_routes = ["/key/generate", "/key/info", "/key/delete", "/team/info"]
    done, _ = _doctor(world)
    assert done.code == 1
    assert f'/key/update {{"key": "{minter.token}"' in done.out
    assert "it lacks /key/list, /spend/logs/v2" in done.out


def test_a_key_that_may_more_than_it_needs_is_told(world: World) -> None:
    with world.sandbox.state.lock:
        [minter] = world.sandbox.state.keys.values()
        minter.allowed_routes.append("llm_api_routes")
        minter.models = ["claude-sonnet"]
    done, _ = _doctor(world)
    assert "it can call models itself, past every job's cap" in done.out
    assert "it may do more than it needs: llm_api_routes" in done.out
    assert world.sandbox.state.teams["payments-squad"].counted == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("members", 'POST /team/member_add {"team_id": "payments-squad", "member"'),
        ("permissions", 'POST /team/permissions_update {"team_id": "payments-squad"'),
    ],
)
def test_why_it_may_not_mint_for_a_team_is_told(world: World, change: str, words: str) -> None:
    with world.sandbox.state.lock:
        getattr(world.sandbox.state.teams["payments-squad"], change).clear()
    done, _ = _doctor(world)
    assert done.code == 1
    assert words in done.out


def test_a_team_and_a_model_that_the_proxy_does_not_know_are_told(world: World) -> None:
    policy = world.folder / "policy.yml"
    text = policy.read_text(encoding="utf-8").replace("[claude-sonnet]", "[claude-nonesuch]")
    policy.write_text(text + "  other: {models: [gpt-mini], cap-per-run: 1}\n", encoding="utf-8")
    with world.sandbox.state.lock:
        world.sandbox.state.teams["payments-squad"].models.clear()
    done, checks = _doctor(world)
    assert _lines(checks, "models") == [
        ("fail", "the proxy serves no claude-nonesuch, which code-review names")
    ]
    policy.write_text(text.replace("payments-squad: {", "payments-squad: {id: nope, "))
    done, checks = _doctor(world)
    assert "knows no team 'nope'" in _lines(checks, "teams")[0][1]
    assert done.code == 1


def test_a_database_that_is_down_is_told_and_nothing_is_guessed(world: World) -> None:
    world.sandbox.set_database(up=False)
    done, checks = _doctor(world)
    assert done.code == 1
    assert "has no connection to its database" in done.out
    assert {s for _, s in _lines(checks, "teams")} == {"not checked: the proxy is not well"}


def test_a_proxy_that_is_not_there_leaves_it_undecided(world: World) -> None:
    done, checks = _doctor(world, "--proxy-url=http://127.0.0.1:1")
    assert done.code == 3
    assert "cannot be reached (Connection refused)" in _lines(checks, "proxy")[0][1]


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("html_200", 1, "answers with a web page"),
        ("html_401", 1, "answers with a web page"),
        ("html_502", 3, "does not tell its health (HTTP 502)"),
        ("redirect", 1, "redirects to another address"),
        ("429", 3, "does not tell its health (HTTP 429)"),
        ("500", 3, "does not tell its health (HTTP 500)"),
        ("503", 3, "does not tell its health (HTTP 503)"),
        ("schema_drift", 1, "something else than LiteLLM"),
        ("echo_400", 1, "something else than LiteLLM"),
        ("truncated_json", 3, "not whole JSON"),
        ("json_null", 3, "not whole JSON"),
        ("deep_json", 3, "not whole JSON"),
        ("connection_reset", 3, "broke off"),
        ("garbage", 3, "broke off"),
        ("huge_body", 3, "more than 32 MiB"),
    ],
)
def test_another_product_is_told_apart_from_a_proxy_that_is_unwell(
    world: World, faults: Faults, fault: str, code: int, words: str
) -> None:
    done, checks = _doctor(world, f"--proxy-url={faults.become(fault)}")
    assert done.code == code
    assert words in _lines(checks, "proxy")[-1][1]
    assert not [r for r in faults.seen if world.sandbox.minter_key in r.authorization]


@pytest.mark.parametrize("fault", ["hang", "slow_head", "slow_body", "endless_body"])
def test_it_ends_in_time_whatever_hangs(world: World, faults: Faults, fault: str) -> None:
    begun = time.monotonic()
    done = world.cli("doctor", f"--proxy-url={faults.become(fault)}", "--timeout=1")
    assert done.code == 3
    assert time.monotonic() - begun < 8


def test_a_proxy_that_hangs_in_the_middle_leaves_no_key(world: World, relay: Relay) -> None:
    relay.add("/v1/messages", Way.REFUSE, status=403)  # the minting key's own
    relay.add("/v1/messages", Way.HOLD, times=9)
    done = world.cli("doctor", "--timeout=2")
    assert done.code == 1  # the ceilings were found out before
    assert "Gave up after 2 s" in done.out
    assert _keys_left(world) == []


@pytest.mark.parametrize("way", [Way.LOSE, Way.BAD_GATEWAY])
def test_a_trial_whose_answer_is_lost_leaves_no_key(world: World, relay: Relay, way: Way) -> None:
    relay.add("/key/generate", way)
    done = world.cli("doctor")
    assert "Traceback" not in done.said
    assert done.code == 3
    assert relay.count("/key/generate") == 1  # a second would be refused for the first one's alias
    assert _keys_left(world) == []


def test_a_deletion_whose_answer_is_lost_is_repeated(world: World, relay: Relay) -> None:
    relay.add("/key/delete", Way.LOSE, times=2)
    world.cli("doctor")
    assert _keys_left(world) == []


def test_a_trial_key_that_cannot_be_deleted_is_told(world: World, relay: Relay) -> None:
    relay.add("/key/delete", Way.REFUSE, times=99, status=500)
    done = world.cli("doctor")
    assert "deleting the trial key tokengate:local/local#doctor:" in done.out


def _heed_interrupts() -> None:
    """A shell starts what it puts into the background with SIGINT ignored, and that is inherited."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_middle_leaves_no_key(
    world: World, relay: Relay, number: signal.Signals
) -> None:
    relay.add("/v1/messages", Way.REFUSE, status=403)  # the minting key's own
    rule = relay.add("/v1/messages", Way.LATE, times=9)
    process = subprocess.Popen(
        [sys.executable, "-m", "ci_tokengate", "doctor", "--policy", "policy.yml"],
        cwd=world.folder,
        env={
            "PATH": os.environ["PATH"],
            "TOKENGATE_PROXY_URL": relay.url,
            "TOKENGATE_PROXY_KEY": world.sandbox.minter_key,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_interrupts,
    )
    assert rule.came.wait(20)
    assert len(_keys_left(world)) == 1
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode in (130, 143)
    assert "Traceback" not in out + err
    assert _keys_left(world) == []


def test_without_a_policy_the_proxy_and_the_credential_are_looked_at_all_the_same(
    world: World,
) -> None:
    done, checks = _doctor(world, "--policy=nowhere.yml")
    assert done.code == 1
    assert "`ci-tokengate init` writes one" in done.out
    assert _lines(checks, "credential")[0] == ("ok", "cannot call models, cannot raise budgets")


def test_a_broken_policy_is_told_with_its_line(world: World) -> None:
    (world.folder / "policy.yml").write_text(f"{POLICY}since: never\n", encoding="utf-8")
    done, checks = _doctor(world)
    assert done.code == 1
    assert "policy.yml:6:1: since: " in _lines(checks, "policy")[0][1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tools=claudecode"], "There is no tool 'claudecode'"),
        (["--team=nobody"], "There is no team 'nobody'"),
        (["--use-case=nothing"], "There is no use case 'nothing'"),
        (["--proxy=portcullis"], "There is no proxy of kind 'portcullis'"),
        (["--timeout=nan"], "Invalid value for '--timeout'"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_asked(
    world: World, arguments: list[str], words: str
) -> None:
    done = world.cli("doctor", *arguments)
    assert done.code == 2
    assert words in done.err
    assert world.minted == 0
