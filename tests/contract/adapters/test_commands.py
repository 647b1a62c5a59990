"""Commands that need no job, at each kind of proxy: what is found is ended, by id or alias, and a budget is not set by halves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.adapters.world import World


def cli(each: World, *args: str) -> subprocess.CompletedProcess[str]:
    env = {
        "PATH": os.environ["PATH"],
        "TOKENGATE_PROXY": each.site.kind,
        "TOKENGATE_PROXY_URL": each.site.url,
        "TOKENGATE_PROXY_KEY": each.minter_key,
    }
    done = subprocess.run(
        [sys.executable, "-m", "ci_tokengate", *args],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert each.minter_key not in done.stdout + done.stderr
    return done


def test_a_key_is_revoked_by_the_id_that_mint_has_printed(each: World) -> None:
    key = each.mint()
    done = cli(each, "revoke", "--key-id", key.id)
    assert (done.returncode, done.stdout.strip()) == (0, f"✔ {key.id} is revoked.")
    assert each.call(key) in (401, 403)


def test_a_key_is_revoked_by_its_alias(each: World) -> None:
    key = each.mint()
    assert cli(each, "revoke", "--alias", key.alias).returncode == 0
    assert each.call(key) in (401, 403)


def test_the_key_itself_is_never_taken_for_an_id(each: World) -> None:
    key = each.mint()
    done = cli(each, "revoke", "--key-id", key.key)
    assert done.returncode == 2
    assert key.key not in done.stdout + done.stderr


def test_teams_budgets_are_set_or_the_command_says_that_it_cannot(
    each: World, tmp_path: Path
) -> None:
    if each.able.sets_budgets:
        pytest.skip("it can: tests/contract/test_budgets.py is the proof")
    policy = tmp_path / "p.yml"
    policy.write_text(
        "version: 1\nteams: {t: {plan: 5}}\nuse-cases: {u: {models: [m], cap-per-run: 1}}\n"
    )
    for command in ("plan", "apply"):
        done = cli(each, "budget", command, "--policy", str(policy))
        assert done.returncode == 2
        assert f"at a proxy of kind {each.site.kind}" in done.stderr
