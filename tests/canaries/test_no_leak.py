"""No secret is anywhere but where it belongs, whatever happens.

The job key belongs into `::add-mask::`, GITHUB_ENV, the output `key` where it is asked for, and on
the standard output of `mint`. The minting key and GitHub's token belong nowhere.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ci_tokengate.adapters.proxies.litellm.adapter import LiteLLM
from ci_tokengate.core.tools.registry import TOOLS
from ci_tokengate.wiring import proxies
from tests.canaries.leaks import everything_in, leaks
from tests.stage.entries import Done, Job, Step
from tests.stage.faults import Faults
from tests.stage.relay import Relay, Way
from tests.stage.world import TOKEN, World


def _unmasked(step: Done) -> str:
    lines = step.said.splitlines()
    return "\n".join(line for line in lines if not line.startswith("::add-mask::"))


def _check_step(world: World, job: Job, step: Step) -> None:
    """All that the step said and wrote, except the places where the job key belongs."""
    hidden = [world.sandbox.minter_key, TOKEN, *world.source.keys]
    assert leaks(_unmasked(step), hidden) == []
    assert leaks(everything_in(job.folder, but=["env"]), hidden) == []
    assert leaks(everything_in(job.folder), [world.sandbox.minter_key, TOKEN]) == []
    assert leaks(step.said, [world.sandbox.minter_key, TOKEN]) == []


def _green(world: World, job: Job) -> Step:
    return job.main()


def _blocked(world: World, job: Job) -> Step:
    world.spend("payments-squad", "5000")
    return job.main()


def _gate(world: World, job: Job) -> Step:
    return job.main(mode="gate")


def _wrong_team(world: World, job: Job) -> Step:
    return job.main(team="nobody")


def _outage(world: World, job: Job) -> Step:
    world.sandbox.set_database(up=False)
    return job.main()


@pytest.mark.parametrize("path", [_green, _blocked, _gate, _wrong_team, _outage])
def test_the_action_leaks_nothing(world: World, path: Callable[[World, Job], Step]) -> None:
    job = world.job()
    _check_step(world, job, path(world, job))
    _check_step(world, job, job.post())


def test_the_mask_is_there_before_anything_else_can_hold_the_key(world: World) -> None:
    job = world.job()
    step = job.main()
    key = world.source.keys[0]
    masks = [line for line in step.out.splitlines() if key in line]
    assert masks == [f"::add-mask::{key}"]
    assert step.out.startswith(masks[0])
    assert f"::add-mask::{key.encode().hex()}" in step.out
    assert f"::add-mask::{base64.b64encode(key.encode()).decode()}" in step.out
    assert step.exported["ANTHROPIC_AUTH_TOKEN"] == key


def test_the_key_is_an_output_only_where_it_is_asked_for(world: World) -> None:
    for export, there in (("env", False), ("output", True), ("both", True)):
        job = world.job()
        step = job.main(export=export)
        key = world.source.keys[-1]
        assert (step.outputs.get("key") == key) is there
        others = {name: value for name, value in step.outputs.items() if name != "key"}
        assert leaks(str(others), [key]) == []
        assert leaks(str(step.state), [key]) == []
        assert (key in step.exported.values()) is (export != "output")


@pytest.mark.parametrize("tool", [tool.name for tool in TOOLS])
def test_no_config_file_of_a_tool_holds_the_key(world: World, tool: str) -> None:
    job = world.job()
    assert job.main(tools=tool).code == 0
    written = everything_in(job.folder, but=["env"])
    assert leaks(written, world.source.keys) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps other users out by inheritance.")
def test_the_files_that_hold_the_key_are_for_this_user_alone(world: World) -> None:
    """Other users of the machine may read what the runner makes: its files have the mode of its umask."""
    job = world.job()
    for name in ("env", "output"):
        (job.folder / name).chmod(0o644)
    job.main(export="both", tools="codex")
    key = world.source.keys[0]
    holding = [f for f in job.folder.rglob("*") if f.is_file() and key in f.read_text("utf-8")]
    assert {"env", "output"} <= {f.name for f in holding}
    assert [f for f in holding if f.stat().st_mode & 0o077] == []


FAULTS = [
    "echo_400",
    "echo_500",
    "html_200",
    "html_502",
    "truncated_json",
    "schema_drift",
    "connection_reset",
    "429",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_proxy_that_misbehaves_cannot_make_the_action_leak(
    world: World, faults: Faults, fault: str
) -> None:
    url = faults.become(fault)
    job = world.job()
    _check_step(world, job, job.main(proxy_url=url))
    assert faults.seen, "the fault was met"
    assert any(world.sandbox.minter_key in request.authorization for request in faults.seen)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("given", ["variable", "flag"])
def test_a_proxy_that_misbehaves_cannot_make_the_command_line_leak(
    world: World, faults: Faults, fault: str, given: str
) -> None:
    flags = [f"--proxy-key={world.sandbox.minter_key}"] if given == "flag" else []
    env = {"TOKENGATE_PROXY_KEY": ""} if flags else {}
    for command in ("gate", "mint", "sweep"):
        more = ["--all"] if command == "sweep" else []
        done = world.cli(command, f"--proxy-url={faults.become(fault)}", *flags, *more, **env)
        assert done.code in (2, 3)
        assert leaks(done.said, [world.sandbox.minter_key]) == []


@pytest.mark.parametrize("fault", ["echo_400", "echo_500", "html_401", "connection_reset"])
def test_a_code_host_that_misbehaves_cannot_make_the_action_leak(
    world: World, faults: Faults, fault: str
) -> None:
    job = world.job(GITHUB_API_URL=faults.become(fault))
    step = job.main()
    assert step.code in (2, 3)
    assert any(TOKEN in request.authorization for request in faults.seen)
    _check_step(world, job, step)


def _echo(body: Any) -> Any:
    """An answer to the mint that is no answer, with the key in it."""
    return {
        "error": {"message": f"saved {body['key']}", "key": body["key"], "expires": body["key"]}
    }


@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_mint_that_fails_with_the_key_in_its_text_does_not_leak_it(
    world: World, relay: Relay, status: int
) -> None:
    relay.add("/key/generate", Way.SPOIL, times=2, status=status, spoil=_echo)
    job = world.job()
    step = job.main()
    assert step.code == (2 if status == 400 else 3)
    assert world.source.keys
    _check_step(world, job, step)


def test_post_that_cannot_revoke_leaks_nothing(world: World, faults: Faults) -> None:
    job = world.job()
    job.main()
    state = job.folder / "state"
    text = state.read_text(encoding="utf-8").replace(world.url, faults.become("echo_500"))
    state.write_text(text, encoding="utf-8")
    step = job.post()
    assert step.code == 3
    _check_step(world, job, step)


class _CrashError(Exception):
    """As a bug would raise it: with everything in its text."""


def test_a_crash_with_the_keys_in_its_text_leaks_none_of_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(proxy: LiteLLM, job_key: str, models: object) -> list[str]:
        raise _CrashError(f"{job_key} {world.sandbox.minter_key} {vars(proxy)}")

    monkeypatch.setattr(LiteLLM, "missing_models", crash)
    job = world.job()
    step = job.main()
    assert step.code == 3
    assert "This is a bug: please report it with this line." in step.out
    assert "_CrashError in crash" in step.out
    _check_step(world, job, step)
    assert world.live == [], "given back all the same"
    done = world.cli("mint")
    assert done.code == 3
    assert "failed by itself (_CrashError)" in done.err
    assert leaks(done.said, [world.sandbox.minter_key, *world.source.keys]) == []
    assert world.live == []


def test_mint_shows_the_key_on_standard_output_and_nowhere_else(world: World) -> None:
    for fmt in ("text", "json", "shell"):
        done = world.cli("mint", f"--format={fmt}")
        assert done.code == 0
        key = world.source.keys[-1]
        assert key in done.out
        assert leaks(done.err, [key]) == []
        assert leaks(done.said, [world.sandbox.minter_key]) == []


def _run(world: World, *command: str, **env: str) -> Done:
    return world.cli("run", "--tools=claude-code", "--", *command, **env)


def test_in_a_job_of_github_the_command_line_masks_the_key_before_anybody_has_it(
    world: World,
) -> None:
    for command in (["mint", "--format=shell"], ["run", "--", "true"]):
        done = world.cli(*command, **{**world.job().env, "TOKENGATE_POLICY": ""})
        assert done.code == 0, done.err
        key = world.source.keys[-1]
        masks = [line for line in done.err.splitlines() if key in line]
        assert masks == [f"::add-mask::{key}"]
        assert done.err.startswith(masks[0])


def test_the_command_of_run_has_the_job_key_and_not_the_minting_key(world: World) -> None:
    out = world.folder / "seen"
    code = f"import os; open({str(out)!r}, 'w').write(repr(dict(os.environ)))"
    secret = world.sandbox.minter_key
    done = _run(world, sys.executable, "-c", code, TOKENGATE_PROXY_KEY=f" {secret}\n", COPY=secret)
    assert done.code == 0
    seen = out.read_text(encoding="utf-8")
    assert world.source.keys[0] in seen
    assert leaks(seen, [secret]) == []
    assert leaks(done.said, [secret, *world.source.keys]) == []
    assert world.live == []


def test_a_key_with_a_line_break_in_it_is_quoted_by_nobody(world: World) -> None:
    one, two = "sk-canary-line-one-1111", "sk-canary-line-two-2222"
    step = world.job().main(proxy_key=f"{one}\n{two}")
    done = world.cli("gate", TOKENGATE_PROXY_KEY=f"{one}\n{two}")
    for ended in (step, done):
        assert ended.code == 2
        assert leaks(ended.said, [one, two]) == []


def test_a_key_that_is_not_even_text_ends_without_a_traceback() -> None:
    """In a process of its own: only there can a variable hold any bytes."""
    env = {b"PATH": os.environ["PATH"].encode(), b"TOKENGATE_PROXY_KEY": b"sk-\xff\xfe-canary-99"}
    for entry, argv in (("cli", ["gate", "--policy=nowhere.yml"]), ("action", ["main"])):
        code = f"import sys; from ci_tokengate.{entry} import main; sys.exit(main())"
        more = {b"INPUT_PROXY-KEY": env[b"TOKENGATE_PROXY_KEY"]} if entry == "action" else {}
        done = subprocess.run(
            [sys.executable, "-I", "-c", code, *argv],
            env={**env, **more},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        assert done.returncode == 2
        assert "Traceback" not in done.stderr + done.stdout
        assert "canary-99" not in done.stderr + done.stdout


def test_no_dataclass_shows_a_secret_in_its_repr(world: World, monkeypatch: Any) -> None:
    shown: list[str] = []
    whole = proxies.open_proxy

    def spy(site: Any, key: str, deadline: Any) -> Any:
        proxy = whole(site, key, deadline)
        mint = proxy.mint

        def minted(request: Any) -> Any:
            made = mint(request)
            shown.extend([repr(request), repr(made), repr(proxy), str(made)])
            return made

        proxy.mint = minted  # type: ignore[method-assign]
        return proxy

    monkeypatch.setattr(proxies, "open_proxy", spy)
    assert world.job().main().code == 0
    assert shown
    assert leaks(" ".join(shown), [world.sandbox.minter_key, *world.source.keys]) == []


def test_the_search_for_leaks_finds_each_form() -> None:
    secret = "sk-canary/+0123456789?"
    for before in ("", "x", "xy", "Bearer "):
        text = base64.b64encode(f"{before}{secret} and more".encode()).decode()
        assert leaks(f"…{text}…", [secret]), before
    assert leaks(secret.encode().hex(), [secret])
    assert leaks("sk-canary%2F%2B0123456789%3F", [secret])
    assert leaks("nothing at all", [secret]) == []


def test_files_are_searched_too(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "x.json").write_text("sk-canary-0123456789", encoding="utf-8")
    assert leaks(everything_in(tmp_path), ["sk-canary-0123456789"])
