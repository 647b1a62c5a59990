"""What the README says is so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import httpx
import pytest
from ruamel.yaml import YAML

from ci_tokengate.action.inputs import read_inputs
from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.adapters.policy.model import json_schema
from ci_tokengate.errors import UsageError
from ci_tokengate.render.outputs import key_outputs, verdict_outputs
from tests.docs.tables import README, ROOT, action, with_tables
from tests.live.environment import address

TEXT = README.read_text("utf-8")


def fenced(kind: str, after: str = "", text: str = TEXT) -> list[str]:
    """Code blocks of a kind; indented ones, as in lists, lose their indent."""
    blocks = re.findall(rf"{after}\n *```{kind}\n(.*?\n) *```", text, re.DOTALL)
    return [dedent(block) for block in blocks]


def test_the_tables_are_those_of_the_code() -> None:
    assert with_tables(TEXT) == TEXT, "run `python -m tests.docs.tables`"


def test_the_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", TEXT, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_link_to_a_file_leads_somewhere() -> None:
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]):
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text("utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_the_workflow_is_ten_lines_and_passes_actionlint(tmp_path: Path) -> None:
    [workflow] = [b for b in fenced("yaml") if "runs-on" in b]
    lines = workflow.splitlines()
    assert len(lines) - lines.index("  review:") - 1 <= 10
    (tmp_path / "w.yml").write_text(f"name: W\n{workflow}\n")
    lint = Path(sys.executable).with_name("actionlint")
    done = subprocess.run([lint, tmp_path / "w.yml"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_policies_of_the_readme_and_the_examples_are_right() -> None:
    [policy] = [b for b in fenced("yaml") if "use-cases:" in b]
    assert load_policy(policy, "README.md").default_team == "payments-squad"
    example = (ROOT / "examples" / "tokengate.yml").read_text("utf-8")
    assert set(load_policy(example, "example").use_cases) == {
        "code-review",
        "autonomous-agent",
        "embeddings-test",
    }


def test_the_published_schema_is_that_of_the_code() -> None:
    published = json.loads((ROOT / "schema" / "tokengate.schema.json").read_text("utf-8"))
    assert published == json_schema(), "run `make schema`"


def test_the_inputs_of_action_yml_and_their_defaults_are_accepted() -> None:
    declared = action()["inputs"]
    given = {f"INPUT_{n.upper()}": str(b.get("default", "")) for n, b in declared.items()}
    inputs = read_inputs(given)
    assert (inputs.mode, inputs.export, inputs.on_hard_stop) == ("key", "env", "fail")
    for name in ("mode", "export", "on-hard-stop", "on-fork", "on-error", "on-cap", "tools"):
        assert name in declared
        with pytest.raises(UsageError):
            read_inputs({**given, f"INPUT_{name.upper()}": "nonsense"})


def test_the_outputs_of_action_yml_are_those_that_are_set() -> None:
    source = "".join(p.read_text("utf-8") for p in (ROOT / "src/ci_tokengate").rglob("*.py"))
    for name in action()["outputs"]:
        assert f'"{name}"' in source, name
    assert {"key", "base-url", "openai-base-url"} < set(action()["outputs"])
    assert verdict_outputs.__annotations__["return"] == key_outputs.__annotations__["return"]


@pytest.mark.live
def test_each_command_of_the_setup_works_on_a_real_proxy(tmp_path: Path) -> None:
    """Run as they stand; the minting key of step 2 is the one that step 5 uses."""
    url, admin_key = address()
    env = {
        **os.environ,
        "LITELLM_URL": url,
        "LITELLM_MASTER_KEY": admin_key,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
    }
    _run(fenced("sh", "<!-- run: setup -->")[0], env)
    minted = json.loads(_run(fenced("sh", "<!-- run: minting-key -->")[0], env))
    updated = json.loads(_run(fenced("sh", "<!-- run: circuit-breaker -->")[0], env))
    assert updated["data"]["max_budget"] == 1200
    told = _run(
        fenced("sh", "<!-- run: see-it-work -->")[0],
        {**env, "TOKENGATE_MINTING_KEY": minted["key"]},
    )
    assert "payments-squad may run code-review" in told
    assert '"id":"claude-sonnet"' in told
    assert "The job key is revoked" in told
    _collect_as_told({**env, "TOKENGATE_LEDGER_URL": "", "PWD": str(tmp_path)}, tmp_path)
    denied = httpx.get(f"{url}/user/list", headers={"authorization": f"Bearer {minted['key']}"})
    assert denied.status_code == 403


def _collect_as_told(env: dict[str, str], folder: Path) -> None:
    """docs/collect.md: the reading key is made, and reads all that the setup has spent."""
    text = (ROOT / "docs" / "collect.md").read_text("utf-8")
    made = _run(fenced("sh", "<!-- run: reading-key -->", text)[0], env)
    reading_key = json.loads(made[made.rindex('{"key_alias"') :])["key"]
    told = _run(
        fenced("sh", "<!-- run: collect -->", text)[0],
        {**env, "TOKENGATE_READING_KEY": reading_key},
        folder,
    )
    assert told.startswith(f"✔ {env['LITELLM_URL']}: ")
    assert (folder / "tokengate.db").exists()


def test_the_ceilings_are_those_that_the_sandbox_and_the_hardened_proxy_are_held_to() -> None:
    [block] = fenced("yaml", "<!-- run: ceilings -->")
    settings = YAML(typ="safe").load(block)["litellm_settings"]
    bounds = settings["upperbound_key_generate_params"]
    assert bounds == {"max_budget": 20.0, "duration": "1h", "max_parallel_requests": 8}
    rights = settings["key_generation_settings"]
    assert rights["team_key_generation"]["required_params"] == ["duration", "max_budget"]
    assert rights["personal_key_generation"] == {"allowed_user_roles": ["proxy_admin"]}


def _run(script: str, env: dict[str, str], folder: Path = ROOT) -> str:
    done = subprocess.run(
        ["sh", "-euc", script], env=env, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    refused = re.findall(r'"error":.*', done.stdout.replace('{"error"', '\n{"error"'))
    assert [r for r in refused if "already" not in r] == []  # setting up twice changes nothing
    return done.stdout + done.stderr
