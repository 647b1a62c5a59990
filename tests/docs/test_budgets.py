"""The README's chapters on budgets and exemptions are run as they stand, and docs/budgets.md is the code's."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.cli.budget import plan
from ci_tokengate.cli.exempt import exempt
from ci_tokengate.cli.policy import check
from ci_tokengate.core.governance.baseline import FULL_DAYS, HIGH, LOW
from ci_tokengate.core.policy import Tiers
from tests.docs.tables import ROOT
from tests.docs.test_readme import TEXT as README
from tests.docs.test_readme import fenced
from tests.stage.reading import reading_key
from tests.stage.world import TOKEN, World

TEXT = (ROOT / "docs" / "budgets.md").read_text("utf-8")
POLICY = """\
version: 1
proxy: {{url: '{url}'}}
defaults: {{team: search-squad, use-case: code-review}}
teams:
  payments-squad: {{plan: 800}}
  search-squad: {{plan: 200}}
use-cases:
  code-review: {{models: [claude-sonnet], cap-per-run: 2.00}}
exemptions: {{approvers: [boss], max-days: 366}}
"""


@pytest.fixture
def checkout(tmp_path: Path, world: World) -> Path:
    """Of the policy's repository, which GitHub has, too."""
    folder = tmp_path / "policy"
    (folder / ".github").mkdir(parents=True)
    (folder / ".github" / "tokengate.yml").write_text(POLICY.format(url=world.url))
    world.github.refs["refs/heads/main"] = "a" * 40
    return folder


def _run(world: World, folder: Path, script: str, **env: str) -> str:
    about = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(folder),
        "PYTHONUTF8": "1",
        "GITHUB_API_URL": world.api,
        "GITHUB_REPOSITORY": "acme/policy",
        "GITHUB_TOKEN": TOKEN,
        **env,
    }
    done = subprocess.run(
        ["sh", "-euc", script], env=about, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_first_sixty_days_are_run_as_they_stand(world: World, checkout: Path) -> None:
    [script] = fenced("sh", "<!-- run: first-sixty-days -->")
    keys = {
        "TOKENGATE_READING_KEY": reading_key(world),
        "TOKENGATE_ADMIN_KEY": world.sandbox.admin_key,
    }
    told = _run(world, checkout, script, **keys)
    assert "A plan is 130–150 % of the baseline" in told
    assert "teams: 2, use cases: 1, mode: enforce" in told
    assert "1 team to change: `ci-tokengate budget apply` does it." in told
    assert world.sandbox.state.teams["search-squad"].max_budget == Decimal(300)
    assert _run(world, checkout, "ci-tokengate budget apply", **keys) == "✔ Nothing to change.\n"


def test_an_exemption_is_asked_for_and_looked_up_as_it_stands(world: World, checkout: Path) -> None:
    """Only its day is another: the README's will be over."""
    [ask], [log] = (fenced("sh", f"<!-- run: {name} -->") for name in ("ask", "log"))
    soon = datetime.now(timezone.utc).date() + timedelta(days=3)
    told = _run(world, checkout, re.sub(r"\d{4}-\d\d-\d\d", f"{soon}", ask))
    assert "✔ Asked for: " in told
    [(_, path)] = [key for key in world.github.files if "/exemptions/" in key[1]]
    text = next(t for (_, p), t in world.github.files.items() if p == path)
    (checkout / path).parent.mkdir()
    (checkout / path).write_text(text)
    looked_up = _run(world, checkout, log)
    assert "$150.00 for search-squad, any use case" in looked_up
    assert "asked by octocat: Release of the new search index" in looked_up


def test_every_command_of_the_chapters_is_in_a_block_that_is_run() -> None:
    chapters = README.partition("## The first sixty days")[2].partition("## What a pull")[0]
    blocks = re.findall(r"(<!-- run: [a-z-]+ -->\n)?```sh\n", chapters)
    assert len(blocks) == 3
    assert all(blocks)


def test_each_option_that_is_named_is_there() -> None:
    commands: list[click.Command] = [check, plan, *exempt.commands.values()]
    known = {name for command in commands for p in command.params for name in p.opts}
    assert set(re.findall(r"`[^`]*?(--[a-z]+[a-z-]*)", TEXT)) <= known


def test_the_figures_are_those_of_the_code() -> None:
    assert f"for the {FULL_DAYS} complete days before today" in TEXT
    assert f"{LOW} to {HIGH} % of that" in TEXT
    assert f"amber: {Tiers().amber} % of plan" in TEXT
    assert f"the hard stop: {Tiers().hard_stop} % of plan" in TEXT


def test_the_hook_checks_the_policy_and_its_exemptions_and_nothing_else() -> None:
    hooks = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    [hook] = [h for h in hooks if h["id"] == "ci-tokengate-policy"]
    files = re.compile(hook["files"])
    assert files.search(".github/tokengate.yml")
    assert files.search(".github/exemptions/2026-12-04-search.yml")
    assert not files.search("src/tokengate.yml")
    assert not files.search(".github/workflows/ci.yml")
    assert hook["entry"] == "ci-tokengate policy check --offline"
    assert set(re.findall(r"--[a-z]+", hook["entry"])) <= {n for p in check.params for n in p.opts}


def test_the_policies_key_for_an_environment_is_read() -> None:
    text = POLICY.format(url="http://x").replace("max-days: 366", "environment: exemptions")
    assert load_policy(text, "p").exemption_rules.environment == "exemptions"
