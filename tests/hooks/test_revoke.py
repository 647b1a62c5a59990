"""revoke.mjs: revocation with fetch alone."""

from __future__ import annotations

import subprocess
import time

import pytest

from tests.act.harness import ROOT
from tests.hooks.conftest import NODE
from tests.hooks.proxy_double import ProxyDouble, closed_port
from tests.hooks.stand_in import ALIAS, KEY_ID

NO_KEYS = """{"error":{"message":"{'error': 'No keys found'}","type":"internal_server_error","code":"404"}}"""
TAKEN = """{"error":{"message":"Key with alias 'a' already exists. Unique key aliases …","code":"400"}}"""
BY_ID = ("/key/delete", {"keys": [KEY_ID]})
BY_ALIAS = ("/key/delete", {"key_aliases": [ALIAS]})
TOMBSTONE = (
    "/key/generate",
    {
        "team_id": "team-b",
        "user_id": "ci-bot",
        "key_alias": ALIAS,
        "duration": "1s",
        "max_budget": 0,
        "models": ["no-default-models"],
        "key_type": "llm_api",
    },
)


def revoke(url: str, *, key_id: str = KEY_ID, **more: str) -> tuple[int, str]:
    env = {
        "STATE_alias": ALIAS,
        "STATE_proxy-url": url,
        "STATE_proxy-kind": "litellm",
        "STATE_team-id": "team-b",
        "STATE_user-id": "ci-bot",
        "STATE_key-id": key_id,
        "INPUT_PROXY-KEY": "sk-minter-secret",
        **more,
    }
    script = str(ROOT / "hooks" / "action" / "revoke.mjs")
    ended = subprocess.run([NODE, script], env=env, capture_output=True, text=True, timeout=40)
    assert ended.stderr == ""
    assert "sk-" not in ended.stdout
    return ended.returncode, ended.stdout


def asked(proxy: ProxyDouble) -> list[tuple[str, object]]:
    return [(r.path, r.body) for r in proxy.requests]


def test_a_known_key_is_deleted_by_its_hash(proxy: ProxyDouble) -> None:
    proxy.answers(200)
    assert revoke(proxy.url + "/") == (0, "")
    assert asked(proxy) == [BY_ID]


def test_a_known_key_that_is_gone_is_done(proxy: ProxyDouble) -> None:
    proxy.answers(404, NO_KEYS)
    assert revoke(proxy.url) == (0, "")


def test_another_404_is_not_taken_for_gone(proxy: ProxyDouble) -> None:
    proxy.answers(404, '{"detail":"Not Found"}')
    assert revoke(proxy.url) == (1, f"POST /key/delete on {proxy.url}: HTTP 404")


def test_a_key_of_which_only_the_alias_is_known_is_deleted_by_it(proxy: ProxyDouble) -> None:
    proxy.answers(200)
    assert revoke(proxy.url, key_id="") == (0, "")
    assert asked(proxy) == [BY_ALIAS]


def test_an_alias_nobody_has_yet_is_taken_so_that_a_late_mint_is_refused(
    proxy: ProxyDouble,
) -> None:
    proxy.answers(404, NO_KEYS)
    proxy.answers(200)
    assert revoke(proxy.url, key_id="") == (0, "")
    assert asked(proxy) == [BY_ALIAS, TOMBSTONE]


def test_a_mint_that_arrives_in_between_is_deleted(proxy: ProxyDouble) -> None:
    proxy.answers(404, NO_KEYS)
    proxy.answers(400, TAKEN)
    proxy.answers(200)
    assert revoke(proxy.url, key_id="") == (0, "")
    assert asked(proxy) == [BY_ALIAS, TOMBSTONE, BY_ALIAS]


def test_a_tombstone_the_proxy_refuses_is_a_failure(proxy: ProxyDouble) -> None:
    proxy.answers(404, NO_KEYS)
    proxy.answers(403, "{}")
    code, text = revoke(proxy.url, key_id="")
    assert code == 1
    assert text.startswith(f"POST /key/generate on {proxy.url}: HTTP 403")


def test_server_errors_are_tried_again(proxy: ProxyDouble) -> None:
    proxy.answers(503)
    proxy.answers(500)
    proxy.answers(200)
    started = time.monotonic()
    assert revoke(proxy.url) == (0, "")
    assert asked(proxy) == [BY_ID] * 3
    assert 2.5 <= time.monotonic() - started < 5


def test_a_call_that_hangs_is_tried_again_after_five_seconds(proxy: ProxyDouble) -> None:
    proxy.answers(200, hang=True)
    proxy.answers(200)
    started = time.monotonic()
    assert revoke(proxy.url) == (0, "")
    assert 5.4 <= time.monotonic() - started < 8


def test_it_ends_at_its_deadline(proxy: ProxyDouble) -> None:
    proxy.answers(200, hang=True)
    started = time.monotonic()
    code, text = revoke(proxy.url, TOKENGATE_DEADLINE_MS="1200")
    assert (code, text) == (1, f"POST /key/delete on {proxy.url}: no answer within 2 s")
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(proxy: ProxyDouble, status: int) -> None:
    with ProxyDouble() as elsewhere:
        elsewhere.answers(200)
        proxy.answers(status, "", ("location", f"{elsewhere.url}/key/delete"))
        code, text = revoke(proxy.url)
        assert elsewhere.requests == []
    assert code == 1
    assert f"HTTP {status}, a redirect, which is not followed" in text


def test_a_proxy_that_is_down_is_named_with_its_reason() -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    code, text = revoke(url, TOKENGATE_DEADLINE_MS="1000")
    assert (code, text) == (1, f"POST /key/delete on {url}: no connection (ECONNREFUSED)")


def test_it_says_that_an_https_proxy_is_beyond_it() -> None:
    env = {"TOKENGATE_DEADLINE_MS": "1000", "HTTPS_PROXY": "http://proxy:3128"}
    code, text = revoke(f"http://127.0.0.1:{closed_port()}", **env)
    assert code == 1
    version = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True).stdout
    assert ("this job has an HTTPS proxy" in text) == (int(version[1:3]) < 24)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"STATE_proxy-url": ""}, "the state has no proxy-url"),
        ({"STATE_proxy-kind": "nonesuch"}, "the fallback cannot speak to a proxy of kind nonesuch"),
        ({"INPUT_PROXY-KEY": ""}, "the input proxy-key was empty when the job ended"),
    ],
)
def test_what_is_missing_is_said(state: dict[str, str], said: str) -> None:
    assert revoke("http://127.0.0.1:9", **state) == (1, said)
