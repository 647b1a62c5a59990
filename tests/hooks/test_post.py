"""post.mjs: the scrubbed environment, and what follows Python's exit codes."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from tests.hooks.conftest import NODE, Shims
from tests.hooks.proxy_double import ProxyDouble
from tests.hooks.stand_in import ALIAS, KEY, KEY_ID

HOSTILE = {
    "PYTHONPATH": "/evil",
    "PYTHONHOME": "/evil",
    "LD_LIBRARY_PATH": "/evil",
    "HTTPS_PROXY": "http://evil:1",
    "SSL_CERT_FILE": "/evil.pem",
    "NODE_OPTIONS": "--no-deprecation",
    "BASH_ENV": "/evil",
    "PIP_INDEX_URL": "http://evil",
    "ANTHROPIC_BASE_URL": "http://evil",
}


def test_python_gets_an_allow_list_and_the_network_of_main(shims: Shims) -> None:
    shims.run("main", {"HTTPS_PROXY": "http://proxy:3128", "REQUESTS_CA_BUNDLE": "/ca.pem"})
    env = shims.in_post(**HOSTILE, GITHUB_RUN_ID="7", RUNNER_OS="Linux", LANG="C.UTF-8")
    assert shims.run("post", env).out == "post by python\n"
    seen = shims.seen("post")["env"]
    kept = {k: v for k, v in seen.items() if not k.startswith(("STATE_", "INPUT_", "LC_"))}
    python = Path(shims.state["python"])
    assert kept == {
        "GITHUB_STATE": shims.env["GITHUB_STATE"],
        "GITHUB_RUN_ID": "7",
        "RUNNER_OS": "Linux",
        "RUNNER_TEMP": shims.env["RUNNER_TEMP"],
        "RUNNER_TOOL_CACHE": shims.env["RUNNER_TOOL_CACHE"],
        "HOME": shims.env["HOME"],
        "TMPDIR": shims.env["TMPDIR"],
        "LANG": "C.UTF-8",
        "HTTPS_PROXY": "http://proxy:3128",
        "REQUESTS_CA_BUNDLE": "/ca.pem",
        "PATH": f"{python.parent}{os.pathsep}{Path(NODE).resolve().parent}",
    }
    assert seen["STATE_alias"] == ALIAS
    assert seen["INPUT_PROXY-KEY"] == "sk-minter-secret"


def test_the_job_key_is_found_by_its_hash_wherever_it_is(shims: Shims) -> None:
    shims.run("main")
    ended = shims.run("post", shims.in_post(SOME_TOOLS_TOKEN=KEY))
    assert shims.seen("post")["env"]["TOKENGATE_JOB_KEY"] == KEY
    assert KEY not in ended.out + ended.err


def test_the_job_key_is_found_by_its_hash_also_where_that_is_not_its_id(shims: Shims) -> None:
    """Portkey names a key otherwise."""
    shims.run("main")
    key = "pk-of-this-job"
    noted = {"STATE_key-id": ALIAS, "STATE_key-sha256": sha256(key.encode()).hexdigest()}
    shims.run("post", {**shims.in_post(SOME_TOOLS_TOKEN=key), **noted})
    assert shims.seen("post")["env"]["TOKENGATE_JOB_KEY"] == key


def test_a_variable_that_is_not_the_job_key_is_not_taken_for_it(shims: Shims) -> None:
    shims.run("main")
    shims.run("post", shims.in_post(ANTHROPIC_API_KEY="sk-of-somebody-else"))
    assert "TOKENGATE_JOB_KEY" not in shims.seen("post")["env"]


@pytest.mark.parametrize(
    "state", [{}, {"STATE_alias": ""}, {"STATE_alias": ALIAS, "STATE_phase": "none"}]
)
def test_without_a_key_it_does_nothing_but_remove_the_folder(
    shims: Shims, state: dict[str, str]
) -> None:
    folder = shims.folder / "private"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    ended = shims.run(
        "post", {**state, "STATE_folder": str(folder), "STATE_python": "/nonexistent"}
    )
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert not folder.exists()


@pytest.mark.parametrize("code", [0, 1])
def test_what_python_decides_is_final(shims: Shims, proxy: ProxyDouble, code: int) -> None:
    shims.run("main", {"INPUT_PROXY-URL": proxy.url})
    assert shims.run("post", shims.in_post(INPUT_TEAM=str(code))).code == code
    assert proxy.requests == []


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("3", "could not confirm it (exit code 3)"),
        ("2", "could not confirm it (exit code 2)"),
        ("crash", "could not confirm it (exit code 3)"),
        ("import", "could not confirm it (exit code 97)"),
        ("killed", "was killed by SIGKILL"),
    ],
)
def test_if_python_does_not_confirm_the_key_is_revoked_directly(
    shims: Shims, proxy: ProxyDouble, how: str, why: str
) -> None:
    proxy.answers(200)
    shims.run("main", {"INPUT_PROXY-URL": proxy.url})
    ended = shims.run("post", shims.in_post(INPUT_TEAM=how))
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == (
        f"::warning title=ci-tokengate::The Python environment of ci-tokengate {why}; "
        f"the job key was revoked directly. ({ALIAS})"
    )
    [request] = proxy.requests
    assert (request.path, request.body) == ("/key/delete", {"keys": [KEY_ID]})
    assert request.authorization == "Bearer sk-minter-secret"


def test_python_gone_and_fetch_taken_away_by_node_options(shims: Shims, proxy: ProxyDouble) -> None:
    proxy.answers(200)
    shims.run("main", {"INPUT_PROXY-URL": proxy.url})
    evil = shims.folder / "evil.cjs"
    evil.write_text("globalThis.fetch = () => { throw new Error('no fetch') }\n")
    env = {
        "STATE_python": "/nonexistent",
        "NODE_OPTIONS": f"--require {evil}",
        "SSL_CERT_FILE": "/evil",
    }
    ended = shims.run("post", shims.in_post(**env))
    assert ended.code == 0, ended
    assert "was gone; the job key was revoked directly" in ended.out
    assert len(proxy.requests) == 1


def test_a_failed_revocation_says_what_when_and_what_to_do_without_a_secret(
    shims: Shims, proxy: ProxyDouble
) -> None:
    proxy.answers(401, "sk-minter-secret is wrong")
    shims.run("main", {"INPUT_PROXY-URL": proxy.url})
    ended = shims.run("post", shims.in_post(STATE_python="/nonexistent", KEY=KEY))
    assert ended.code == 1
    assert ended.error == (
        "::error title=ci-tokengate%3A the job key could not be revoked::"
        f"The key {ALIAS} may still work: POST /key/delete on {proxy.url}: HTTP 401, the minting key "
        "(input proxy-key) was not accepted (before that, Python was gone). "
        "It expires by itself at 2026-11-23T14:32:00Z. "
        f"Revoke it with `ci-tokengate revoke --alias '{ALIAS}'`, or let `ci-tokengate sweep` find it."
    )
    assert "sk-" not in ended.out + ended.err


def test_the_private_folder_goes_also_when_python_is_gone(shims: Shims, proxy: ProxyDouble) -> None:
    proxy.answers(200)
    shims.run("main", {"INPUT_PROXY-URL": proxy.url})
    folder = shims.folder / "private"
    folder.mkdir()
    shims.run("post", shims.in_post(STATE_python="/nonexistent", STATE_folder=str(folder)))
    assert not folder.exists()


def test_a_signal_does_not_keep_post_from_revoking(shims: Shims, proxy: ProxyDouble) -> None:
    proxy.answers(200)
    shims.run("main", {"INPUT_PROXY-URL": proxy.url})
    process = shims.start("post", **shims.in_post(INPUT_TEAM="wait"))
    assert process.stdout
    while "waiting" not in process.stdout.readline():
        pass
    started = time.monotonic()
    process.terminate()
    out, _ = process.communicate(timeout=10)
    assert "stopped by SIGTERM" in out
    assert "revoked directly" in out
    assert (process.returncode, len(proxy.requests)) == (0, 1)
    assert time.monotonic() - started < 5
