"""`ci-tokengate init`, in repositories of its own."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ci_tokengate.adapters.policy.load import load_policy
from ci_tokengate.core.agents import AGENTS
from tests.stage.entries import Done, run_cli
from tests.stage.fixtures import backstage, world
from tests.stage.reading import reading_key
from tests.stage.world import World

__all__ = ["backstage", "world"]

ROOT = Path(__file__).resolve().parents[2]
POLICY = Path(".github/tokengate.yml")
WORKFLOWS = Path(".github/workflows")
FLAGS = (
    "--yes",
    "--proxy-url=https://llm.acme.example",
    "--team=payments-squad",
    "--plan=800",
    "--model=claude-sonnet,gpt-mini",
)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for command in (["init", "-q"], ["remote", "add", "origin", "git@github.com:acme/shop.git"]):
        subprocess.run(["git", *command], check=True)
    return folder


def _init(*args: str) -> Done:
    path = os.environ["PATH"]
    done = run_cli({"PATH": path, "GIT_CEILING_DIRECTORIES": "/tmp"}, "init", *args)
    assert "Traceback" not in done.said
    return done


def _written(folder: Path) -> list[str]:
    github = folder / ".github"
    return sorted(str(p.relative_to(folder)) for p in github.rglob("*") if p.is_file())


def test_what_it_writes_for_any_agent_passes_actionlint_zizmor_and_the_schemas(
    repository: Path, tmp_path: Path
) -> None:
    """Each program once, for the files of all agents together."""
    files: list[str] = []
    policies: list[str] = []
    for agent in AGENTS:
        done = _init(*FLAGS, f"--agent={agent.name}", "--force")
        assert done.code == 0
        assert len(_written(repository)) == 4
        kept = tmp_path / agent.name
        shutil.copytree(repository / ".github", kept / ".github")
        files += [str(p) for p in sorted((kept / WORKFLOWS).iterdir())]
        policies.append(str(kept / POLICY))
    assert len({Path(f).read_text("utf-8") for f in files}) == len(AGENTS) + 2
    programs = Path(sys.executable).parent
    schema = str(ROOT / "schema" / "tokengate.schema.json")
    config = str(ROOT / "zizmor.yml")
    for command in (
        ["actionlint", *files],
        ["zizmor", "--offline", "--quiet", "--config", config, *files],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files],
        ["check-jsonschema", "--schemafile", schema, *policies],
    ):
        name, *rest = command
        found = subprocess.run(
            [programs / name, *rest], capture_output=True, text=True, check=False
        )
        assert found.returncode == 0, found.stdout + found.stderr


def test_the_gate_accepts_the_policy_and_mints_by_it(repository: Path, world: World) -> None:
    assert _init(*FLAGS).code == 0
    (world.folder / "policy.yml").write_text(POLICY.read_text("utf-8"), encoding="utf-8")
    done = world.cli("gate")
    assert done.code == 0
    assert "payments-squad may run code-review" in done.out
    assert world.cli("mint").code == 0


def test_the_doctor_finds_nothing_to_mend_in_it(repository: Path, world: World) -> None:
    """The ceilings are the operator's, and the sandbox's seed has none."""
    at = f"--proxy-url={world.url}"
    assert _init(*(flag for flag in FLAGS if "proxy-url" not in flag), at).code == 0
    key = {"TOKENGATE_PROXY_KEY": world.sandbox.minter_key, "GITHUB_REPOSITORY": "acme/shop"}
    done = run_cli({"PATH": os.environ["PATH"], **key}, "doctor", "--format=json")
    checks = json.loads(done.out)["checks"]
    assert {c["subject"] for c in checks if c["status"] in ("fail", "warn")} <= {"ceilings"}
    good = {c["subject"] for c in checks if c["status"] == "ok"}
    assert good >= {"policy", "proxy", "credential", "teams", "models", "claude-code"}


def test_with_a_reading_key_the_proxys_models_are_taken_and_said(
    repository: Path, world: World
) -> None:
    at = [f"--proxy-url={world.url}", "--yes", "--team=payments-squad", "--plan=800"]
    path, key = os.environ["PATH"], reading_key(world)
    done = run_cli({"PATH": path, "TOKENGATE_READING_KEY": key}, "init", *at)
    assert done.code == 0, done.said
    assert "· Models by tier: fast: claude-haiku, gpt-mini, gemini-flash; middle:" in done.out
    assert key not in done.said
    policy = load_policy(POLICY.read_text("utf-8"), "p")
    assert len(policy.use_cases) == 8
    agent = policy.use_cases["autonomous-agent"].routing
    assert agent.models[0] == "claude-opus"
    assert {"gpt-codex", "gemini-flash"} < set(agent.models)
    assert policy.use_cases["batch"].routing.route["claude-opus"] == "claude-haiku"
    checked = run_cli({"PATH": path, "TOKENGATE_READING_KEY": key}, "policy", "check", "--strict")
    assert checked.code == 0, checked.said
    assert "· the policy names none of these teams at the proxy: platform" in checked.out


def test_a_model_that_the_proxy_does_not_have_is_told_where_it_can_be_asked(
    repository: Path, world: World
) -> None:
    at = [*FLAGS, f"--proxy-url={world.url}", "--model=claude-nonesuch,claude-haiku"]
    env = {"PATH": os.environ["PATH"], "TOKENGATE_READING_KEY": reading_key(world)}
    done = run_cli(env, "init", *at)
    assert done.code == 2
    assert "The proxy serves no claude-nonesuch." in done.err
    assert not (repository / ".github").exists()


def test_tasks_that_no_model_is_cheap_enough_for_are_left_out_and_named(repository: Path) -> None:
    done = _init(*FLAGS, "--model=claude-opus", "--use-case=architecture")
    assert "! No model is cheap enough for completion, explanation, batch, code-review" in done.out
    policy = load_policy(POLICY.read_text("utf-8"), "p")
    assert list(policy.use_cases) == ["architecture", "autonomous-agent"]
    told = _init(*FLAGS, "--model=middle=claude-opus,fast=gpt-x", "--force")
    assert "fast: gpt-x; middle: claude-opus." in told.out


@pytest.mark.parametrize("name", ["settle.yml", "sweep.yml"])
def test_what_runs_by_night_is_the_example_that_act_runs(repository: Path, name: str) -> None:
    _init(*FLAGS)
    ours = (WORKFLOWS / f"tokengate-{name}").read_text("utf-8")
    example = (ROOT / "examples" / "workflows" / name).read_text("utf-8")
    address = '"https://llm.acme.example"'
    assert ours == example.replace("${{ vars.TOKENGATE_PROXY_URL }}", address)


def test_it_ends_with_the_next_steps(repository: Path) -> None:
    done = _init(*FLAGS)
    assert "gh secret set TOKENGATE_MINTING_KEY --repo acme/shop" in done.out
    assert "ci-tokengate doctor" in done.out
    assert "blocks nothing" in done.out
    assert "blocks nothing" not in _init(*FLAGS, "--mode=enforce", "--force").out


def test_a_second_run_changes_nothing(repository: Path) -> None:
    _init(*FLAGS)
    before = {p: Path(p).read_bytes() for p in _written(repository)}
    done = _init(*FLAGS)
    assert done.code == 0
    assert done.out.count("· unchanged") == 4
    assert {p: Path(p).read_bytes() for p in _written(repository)} == before


def test_what_is_there_and_different_is_shown_and_nothing_at_all_is_written(
    repository: Path,
) -> None:
    POLICY.parent.mkdir()
    POLICY.write_text("version: 1\n# by hand\n", encoding="utf-8")
    done = _init(*FLAGS)
    assert done.code == 2
    assert "-# by hand" in done.out
    assert "There already, and different: .github/tokengate.yml" in done.err
    assert _written(repository) == [str(POLICY)]
    forced = _init(*FLAGS, "--force")
    assert forced.code == 0
    assert "✔ overwritten .github/tokengate.yml" in forced.out
    assert "# by hand" not in POLICY.read_text("utf-8")


def test_a_dry_run_shows_the_differences_and_writes_nothing(repository: Path) -> None:
    done = _init(*FLAGS, "--dry-run")
    assert done.code == 0
    assert "+++ b/.github/tokengate.yml" in done.out
    assert "+mode: observe" in done.out
    assert not (repository / ".github").exists()
    _init(*FLAGS)
    assert _init(*FLAGS, "--dry-run").out == "· Nothing would change.\n"


def test_as_json(repository: Path) -> None:
    told = json.loads(_init(*FLAGS, "--format=json").out)
    assert [(c["fate"], c["written"]) for c in told] == [("new", True)] * 4


def test_the_agent_that_is_used_already_is_taken_and_its_workflow_is_named(
    repository: Path,
) -> None:
    WORKFLOWS.mkdir(parents=True)
    (WORKFLOWS / "old.yml").write_text("on: push\njobs: {a: {steps: [{run: codex exec hi}]}}\n")
    (WORKFLOWS / "odd.yml").write_bytes(b"\xff\xfe")
    done = _init(*FLAGS)
    assert done.code == 0
    assert "! .github/workflows/old.yml runs codex past the gate" in done.out
    assert "codex exec" in (WORKFLOWS / "ai-review.yml").read_text("utf-8")


def test_from_a_folder_below_it_writes_at_the_root(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "src").mkdir()
    monkeypatch.chdir(repository / "src")
    assert _init(*FLAGS).code == 0
    assert len(_written(repository)) == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--proxy-url, --team, --model are missing."),
        (("--team=t", "--model=m"), "--proxy-url is missing."),
        ((*FLAGS, "--proxy-url=https://llm.acme.example/v1"), "--proxy-url ends in /v1"),
        ((*FLAGS, "--proxy-url=llm"), "--proxy-url is not an http(s) URL"),
        ((*FLAGS, "--proxy=portcullis"), "There is no proxy of kind 'portcullis'"),
        ((*FLAGS, "--agent=cursor"), "--agent is 'cursor'."),
        ((*FLAGS, "--mode=maybe"), "--mode is 'maybe'."),
        ((*FLAGS, "--model=,"), "--model names no model."),
        ((*FLAGS, "--model=dear=claude-opus"), "--model has 'dear=claude-opus'."),
        ((*FLAGS, "--model=fast="), "--model has 'fast='."),
        ((*FLAGS, "--plan=5$"), "--plan is '5$', which is not an amount"),
        ((*FLAGS, "--cap-per-run=0"), "--cap-per-run is 0"),
        ((*FLAGS, "--cap-per-run=20"), "cap-per-run of code-review is above its cap-per-pr"),
        ((*FLAGS, "--team=a b"), "That makes no policy"),
        ((*FLAGS, "--team=a}\nmode: enforce"), "That makes no policy"),
        ((*FLAGS, "--use-case=${{ github.token }}"), "That makes no policy"),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_written(
    repository: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = _init(*arguments)
    assert done.code == 2
    assert words in done.err
    assert len(done.err.splitlines()) == 2
    assert not (repository / ".github").exists()


def test_a_folder_without_git_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = _init(*FLAGS)
    assert done.code == 2
    assert "in no git repository" in done.err
    assert not (tmp_path / ".github").exists()
    named = _init(*FLAGS, "--repository=acme/shop")
    assert named.code == 0
    assert "--repo acme/shop" in named.out
    assert len(_written(tmp_path)) == 4


def test_a_repository_without_a_remote_has_steps_without_a_name(repository: Path) -> None:
    subprocess.run(["git", "remote", "remove", "origin"], check=True)
    done = _init(*FLAGS)
    assert done.code == 0
    assert "gh secret set TOKENGATE_MINTING_KEY  " in done.out


def test_a_link_that_leads_out_of_the_repository_is_not_followed(
    repository: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (repository / ".github").symlink_to(outside)
    done = _init(*FLAGS)
    assert done.code == 2
    assert "leads out of the repository" in done.err
    assert list(outside.iterdir()) == []


def test_a_folder_in_the_files_place_is_told(repository: Path) -> None:
    POLICY.mkdir(parents=True)
    done = _init(*FLAGS)
    assert done.code == 2
    assert "cannot be read as a text file" in done.err


def test_on_a_terminal_with_a_reading_key_the_proxys_models_are_the_answer_to_accept(
    repository: Path, world: World
) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ci_tokengate", "init", "--plan", "800", "--agent", "codex"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(repository),
            "PYTHONUTF8": "1",
            "TOKENGATE_READING_KEY": reading_key(world),
        },
        text=True,
    )
    os.write(ours, "\n".join([world.url, "payments-squad", *[""] * 6]).encode())
    out, err = process.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0, err
    assert "[claude-sonnet,claude-haiku,claude-opus,gpt-mini,gpt-codex," in out
    policy = load_policy(POLICY.read_text("utf-8"), "p")
    assert len(policy.use_cases) == 8
    assert "gpt-codex" in policy.use_cases["code-review"].routing.models


def test_on_a_terminal_it_asks_again_until_the_answer_can_be_used(repository: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ci_tokengate", "init", "--plan", "800"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "HOME": str(repository), "PYTHONUTF8": "1"},
        text=True,
    )
    lines = [
        "https://llm.acme.example/v1",
        "https://llm.acme.example",
        "",  # the team: the remote's owner
        "codex",
        "gpt-codex, gpt-mini",
        "",
        "1.50",
        "",
        "",
    ]
    os.write(ours, ("\n".join(lines) + "\n").encode())
    out, err = process.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0, err
    assert "--proxy-url ends in /v1" in err
    text = POLICY.read_text("utf-8")
    assert "defaults: {team: acme, use-case: code-review}" in text
    assert "models: {gpt-mini: fast, gpt-codex: middle}" in text
    assert "models: [gpt-codex, gpt-mini]" in text
    assert "cap-per-run: 1.50" in text
    assert "mode: observe" in text
    assert "tools: codex" in (WORKFLOWS / "ai-review.yml").read_text("utf-8")
    assert "Next:" in out


@pytest.mark.parametrize("kind", ["portkey", "openrouter"])
def test_another_kind_of_proxy_is_in_the_policy_the_sweep_and_the_next_steps(
    repository: Path, kind: str
) -> None:
    done = _init(*FLAGS, f"--proxy={kind}")
    assert done.code == 0
    policy = (repository / POLICY).read_text()
    assert f"kind: {kind}\n" in policy
    assert "route:" not in policy  # a key of either cannot
    sweep = (repository / WORKFLOWS / "tokengate-sweep.yml").read_text()
    assert f"          TOKENGATE_PROXY: {kind}\n          TOKENGATE_PROXY_URL: " in sweep
    assert f"the minting key (docs/{kind}.md)" in done.out
