"""Each workflow in examples/workflows, run as it stands; only the agents are stand-ins."""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ci_tokengate.sandbox.github import pull_request
from ci_tokengate.sandbox.github.refs import commit
from tests.act.harness import PAYLOADS, ROOT, Act, Run
from tests.act.world import POLICY_PATH, REPOSITORY, World, pull_of, sandbox_world
from tests.cli.report.slack_double import SECRET as SLACK_SECRET
from tests.cli.report.slack_double import running_slack
from tests.scan.keys.samples import SAMPLES
from tests.stage.days import alias, spend, week
from tests.stage.reading import make_reading_key

A_DAY = timedelta(days=1)
EXAMPLES = ROOT / "examples" / "workflows"
TRUNK = {"repository": {"default_branch": "trunk", "full_name": REPOSITORY}}
"""Not the branch that act is on: the policy then comes from this one."""

AGENT_ACTION = """\
name: stand-in
inputs: {anthropic_api_key: {required: true}, prompt: {required: true}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {KEY: "${{ inputs.anthropic_api_key }}"}
      run: >-
        curl -sSf "$ANTHROPIC_BASE_URL/v1/messages" -H "authorization: Bearer $KEY" -H 'content-type: application/json'
        -d '{"model": "claude-sonnet", "max_tokens": 9, "messages": [{"role": "user", "content": "in=900 out=40"}]}'
"""
UPLOAD_ACTION = """\
name: stand-in
inputs: {sarif_file: {required: true}, category: {required: true}}
runs:
  using: composite
  steps:
    - {shell: bash, env: {FILE: "${{ inputs.sarif_file }}"}, run: 'cat "$FILE"'}
"""
KEEP_ACTION = """\
name: stand-in
inputs: {path: {required: true}, name: {default: pages}}
runs:
  using: composite
  steps:
    - {shell: bash, env: {PATHS: "${{ inputs.path }}", NAME: "${{ inputs.name }}"}, run: 'cp -r "$PATHS" "$KEPT-$NAME"'}
"""
DEPLOY_ACTION = """\
name: stand-in
outputs: {page_url: {value: "https://acme.example/"}}
runs:
  using: composite
  steps: [{shell: bash, run: 'echo "the pages are deployed"'}]
"""
CODEX = f"""\
#!{sys.executable}
import json, os, pathlib, tomllib, urllib.request
config = tomllib.loads((pathlib.Path(os.environ["CODEX_HOME"]) / "config.toml").read_text())
provider = config["model_providers"][config["model_provider"]]
request = urllib.request.Request(provider["base_url"] + "/responses",
    json.dumps({{"model": config["model"], "input": "in=700 out=20"}}).encode(),
    {{"content-type": "application/json", "authorization": "Bearer " + os.environ[provider["env_key"]]}})
print("codex", urllib.request.urlopen(request).status)
"""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with sandbox_world() as made:
        yield made


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """npm, codex and pipx stand in for what needs a registry; ci-tokengate is the checkout's."""
    folder = tmp_path / "programs"
    folder.mkdir()
    own = Path(sys.executable).with_name("ci-tokengate")
    texts = {
        "npm": "#!/bin/sh\n",
        "codex": CODEX,
        "pipx": '#!/bin/sh\n[ "$1" = install ]\n',
        "ci-tokengate": f'#!/bin/sh\nexec {own} "$@"\n',
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(stat.S_IRWXU)
    return folder


def play(
    world: World,
    act: Act,
    name: str,
    programs: Path,
    *,
    event: str,
    payload: Mapping[str, Any],
    files: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Run:
    """The example with the policy that examples/ has, on the base commit and on the default branch."""
    policy = (ROOT / "examples" / "tokengate.yml").read_text("utf-8")
    policy = policy.replace("https://llm.acme.example", world.url)

    def at(ref: str) -> None:
        with world.github.lock:
            world.github.files[(ref, POLICY_PATH)] = policy

    at(pull_of("pull_request.opened")["base"]["sha"])
    at("refs/heads/trunk")
    stand_ins = {
        "anthropics/claude-code-action@v1": _stand_in(programs / "agent", AGENT_ACTION),
        "github/codeql-action@v4": _stand_in(programs / "codeql", UPLOAD_ACTION, "upload-sarif"),
        "actions/upload-artifact@v6": _stand_in(programs / "artifact", KEEP_ACTION),
        "actions/upload-pages-artifact@v4": _stand_in(programs / "pages", KEEP_ACTION),
        "actions/deploy-pages@v5": _stand_in(programs / "deploy", DEPLOY_ACTION),
    }
    path = f"{programs}{os.pathsep}{act.tools / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return world.run(
        act,
        (EXAMPLES / name).read_text("utf-8"),
        event=event,
        payload=payload,
        on_commit=at,
        secrets={"TOKENGATE_MINTING_KEY": world.minter_key, **(secrets or {})},
        variables={"TOKENGATE_PROXY_URL": world.url, **(variables or {})},
        actions=stand_ins,
        host_env={"PATH": path},
        files=files,
    )


def _stand_in(folder: Path, text: str, part: str = "") -> Path:
    (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / part / "action.yml").write_text(text)
    return folder


def first_line(world: World, number: int) -> str:
    [comment] = world.github.comments_on(number)
    return comment.body.splitlines()[0]


def test_every_example_is_run_here() -> None:
    text = Path(__file__).read_text("utf-8")
    assert [p.name for p in EXAMPLES.iterdir() if f'"{p.name}"' not in text] == []


def test_an_agent_on_a_pull_request_and_its_settlement_at_the_end(
    act: Act, world: World, programs: Path
) -> None:
    event = world.pull(7001)
    run = play(world, act, "review.yml", programs, event="pull_request", payload=event)
    assert run.exit_code == 0, run.text
    assert "provisional" in first_line(world, 7001)
    world.a_minute_later()
    world.github.close_pull(7001, merged=True)
    closing = programs / "closing"
    closing.mkdir()
    settled = play(
        world,
        act,
        "settle.yml",
        closing,
        event="pull_request",
        payload={**event, "action": "closed"},
    )
    assert settled.exit_code == 0, settled.log
    assert "merged, final" in first_line(world, 7001)
    nightly = programs / "nightly"
    nightly.mkdir()
    again = play(world, act, "settle.yml", nightly, event="schedule", payload=TRUNK)
    assert again.exit_code == 0, again.text
    assert "#7001" in again.log


EXEMPTION = """\
team: payments-squad
extra: 50
from: {first}
until: {last}
reason: the release
requested-by: octocat
"""
RULES = "exemptions: {approvers: [boss], environment: tokengate-exemptions}\n"


def test_a_merged_exemption_is_raised_on_the_push_and_taken_back_by_the_schedule(
    act: Act, world: World, programs: Path
) -> None:
    assert world.sandbox is not None
    team = world.sandbox.state.teams["payments-squad"]
    path, head = ".github/exemptions/release.yml", "b" * 40
    policy = (ROOT / "examples" / "tokengate.yml").read_text("utf-8") + RULES
    policy = policy.replace("https://llm.acme.example", world.url)
    today = datetime.now(timezone.utc).date()
    text = EXEMPTION.format(first=today, last=today + A_DAY)
    with world.github.lock:
        world.github.refs["refs/heads/main"] = "a" * 40
        world.github.protected.add("main")
        commit(world.github, "main", "d" * 40, path, text)
        world.github.pulls[7020] = pull_request(7020, merged=datetime.now(timezone.utc)) | {
            "merge_commit_sha": "d" * 40
        }
        world.github.pulls[7020]["head"]["sha"] = head
        world.github.runs["4720"] = {"event": "pull_request", "head_sha": head}
        world.github.approvals["4720"] = [
            {"environment": "tokengate-exemptions", "user": {"login": "boss"}}
        ]
    over = EXEMPTION.format(first=today - 2 * A_DAY, last=today - A_DAY)
    for event, there, expected in (("push", text, 1250), ("schedule", over, 1200)):
        run = play(
            world,
            act,
            "exempt-sync.yml",
            programs,
            event=event,
            payload=TRUNK,
            files={POLICY_PATH: policy, path: there},
            secrets={"TOKENGATE_ADMIN_KEY": world.admin_key},
        )
        assert run.exit_code == 0, run.text
        assert team.max_budget == expected
        assert world.admin_key not in run.text


def test_an_exemption_that_is_none_does_not_get_as_far_as_its_approval(
    act: Act, world: World, programs: Path
) -> None:
    today = datetime.now(timezone.utc).date()
    policy = (ROOT / "examples" / "tokengate.yml").read_text("utf-8") + RULES
    good = EXEMPTION.format(first=today, last=today)
    for name, text in (("good", good), ("bad", good.replace("50", "500$"))):
        run = play(
            world,
            act,
            "exempt-approve.yml",
            programs,
            event="pull_request",
            payload=json.loads((PAYLOADS / "pull_request.opened.json").read_text()),
            files={POLICY_PATH: policy, ".github/exemptions/release.yml": text},
        )
        assert run.job_result("approve") == ("success" if name == "good" else "failure")
    assert "not an amount in USD" in run.log


def test_a_policy_is_checked_on_its_change_and_each_week_against_the_proxy(
    act: Act, world: World, programs: Path
) -> None:
    reading_key(world)
    policy = (ROOT / "examples" / "tokengate.yml").read_text("utf-8")
    policy = policy.replace("https://llm.acme.example", world.url)
    policy = policy.replace("[gpt-mini]", "[gpt-nonesuch]")
    for event, result in (("pull_request", "success"), ("schedule", "failure")):
        pull = json.loads((PAYLOADS / "pull_request.opened.json").read_text())
        run = play(
            world,
            act,
            "policy.yml",
            programs,
            event=event,
            payload=pull if event == "pull_request" else TRUNK,
            files={POLICY_PATH: policy},
            secrets={"TOKENGATE_READING_KEY": READING_KEY},
        )
        assert run.job_result("check") == result, run.text
    [error] = [a for a in run.annotations if a.level == "error"]
    assert "the proxy serves no gpt-nonesuch" in error.message
    assert READING_KEY not in run.text


def test_codex_by_its_command_line(act: Act, world: World, programs: Path) -> None:
    run = play(world, act, "codex.yml", programs, event="workflow_dispatch", payload=TRUNK)
    assert run.exit_code == 0, run.text
    assert "codex 200" in run.log


def test_the_sweep_revokes_a_key_of_a_run_that_is_finished(
    act: Act, world: World, programs: Path
) -> None:
    alias = f"tokengate:{REPOSITORY}#7003:4711.1:review:code-review:aa"
    body = {"team_id": "payments-squad", "key_alias": alias, "duration": "30m", "max_budget": 1}
    assert world.mint(body)
    with world.github.lock:
        world.github.runs["4711"] = {"id": 4711, "run_attempt": 1, "status": "completed"}
    run = play(world, act, "sweep.yml", programs, event="schedule", payload=TRUNK)
    assert run.exit_code == 0, run.text
    assert f"revoked       {alias}" in run.log
    assert world.live_aliases("4711") == []


def test_the_companion_tells_a_forks_pull_request_by_the_head_of_the_run(
    act: Act, world: World, programs: Path
) -> None:
    fork = json.loads((PAYLOADS / "pull_request.opened.fork.json").read_text())["pull_request"]
    fork["number"] = 7002
    with world.github.lock:
        world.github.pulls[7002] = fork
    event = json.loads((PAYLOADS / "workflow_run.completed.json").read_text())
    event["repository"]["default_branch"] = "trunk"
    event["workflow_run"] |= {
        "event": "pull_request",
        "head_branch": fork["head"]["ref"],
        "head_sha": fork["head"]["sha"],
        "head_repository": {"full_name": "mallory/Hello-World", "owner": {"login": "mallory"}},
        "pull_requests": [],
    }
    run = play(world, act, "companion.yml", programs, event="workflow_run", payload=event)
    assert run.exit_code == 0, run.text
    assert "a fork, which gets no key" in first_line(world, 7002)


def test_a_scan_fails_on_a_key_in_the_change_and_uploads_what_it_found(
    act: Act, world: World, programs: Path
) -> None:
    event = json.loads((PAYLOADS / "pull_request.opened.json").read_text())
    key = SAMPLES[0].make(random.Random("example"))
    files = {"app.py": f"KEY = '{key}'\n", "agent.sh": "curl https://api.openai.com/v1/models\n"}
    run = play(world, act, "scan.yml", programs, event="pull_request", payload=event, files=files)
    assert run.job_result("scan") == "failure"
    assert [a.title for a in run.annotations if a.level == "error"] == ["TG001 anthropic"]
    uploaded = json.loads(run.log[run.log.index("{\n") : run.log.rindex("}") + 1])
    assert {r["ruleId"] for r in uploaded["runs"][0]["results"]} == {"TG001", "TG004"}
    assert key not in run.text


def test_a_scan_of_a_forks_change_needs_no_secret_and_uploads_nothing(
    act: Act, world: World, programs: Path
) -> None:
    event = json.loads((PAYLOADS / "pull_request.opened.fork.json").read_text())
    event["pull_request"]["head"]["repo"]["fork"] = True
    run = play(world, act, "scan.yml", programs, event="pull_request", payload=event, files={})
    assert run.job_result("scan") == "success"
    assert "sarif-2.1.0" not in run.log


def test_the_watch_warns_once_of_a_day_out_of_the_ordinary_by_slack_an_issue_and_the_summary(
    act: Act, world: World, programs: Path
) -> None:
    reading_key(world)
    assert world.sandbox is not None
    now = world.sandbox.state.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    week(world.sandbox, "platform", now, "10", repository=REPOSITORY)
    for n in range(6):
        spend(
            world.sandbox,
            "platform",
            midnight,
            "10",
            name=alias(7011, f"{n}.1", repository=REPOSITORY),
        )
    policy = (ROOT / "examples" / "tokengate.yml").read_text("utf-8")
    policy = policy.replace("https://llm.acme.example", world.url).replace("hour: 16", "hour: 0")
    again = shutil.copytree(programs, programs / "again")
    with running_slack() as slack:
        for folder in (programs, again):
            run = play(
                world,
                act,
                "watch.yml",
                folder,
                event="schedule",
                payload=TRUNK,
                secrets={
                    "TOKENGATE_READING_KEY": READING_KEY,
                    "TOKENGATE_SLACK_WEBHOOK": slack.url,
                },
                files={POLICY_PATH: policy},
            )
            assert run.exit_code == 0, run.text
            assert "| <code>platform</code> | $60.00 | $10.00 | 6 |" in "".join(run.summaries)
            assert SLACK_SECRET not in run.text
        [message] = slack.messages
    assert "`platform` has spent $60.00" in message["text"]
    [issue] = [i for i in world.github.issues.values() if "AI spend of platform" in i["title"]]
    assert "ran 6 times" in issue["body"]


READING_KEY = "sk-reading-key-of-the-example"


def reading_key(world: World) -> None:
    """A key that reads all teams' rows and can do nothing else."""
    assert world.sandbox is not None
    make_reading_key(world.sandbox.state, key=READING_KEY)


def test_the_weekly_report_is_collected_kept_summed_up_told_and_published(
    act: Act, world: World, programs: Path, tmp_path: Path
) -> None:
    reading_key(world)
    alias = f"tokengate:{REPOSITORY}#7009:4712.1:review:code-review:ab"
    key = world.mint(
        {"team_id": "payments-squad", "key_alias": alias, "duration": "30m", "max_budget": 1}
    )
    assert world.status_of(key) == 200
    assert world.sandbox is not None
    world.sandbox.flush()
    world.pull(7009)
    world.github.close_pull(7009, merged=True)
    policy = (ROOT / "examples" / "tokengate.yml").read_text("utf-8")
    run = play(
        world,
        act,
        "report.yml",
        programs,
        event="schedule",
        payload=TRUNK,
        secrets={
            "TOKENGATE_LEDGER_URL": f"sqlite:///{tmp_path}/ledger.db",
            "TOKENGATE_READING_KEY": READING_KEY,
        },
        variables={"TOKENGATE_PAGES": "true"},
        files={POLICY_PATH: policy.replace("https://llm.acme.example", world.url)},
    )
    assert run.exit_code == 0, run.text
    assert "the pages are deployed" in run.log
    kept = act.folder / "kept-ai-spend"
    assert sorted(path.name for path in kept.iterdir()) == [
        "index.html",
        "last.html",
        "last.xlsx",
        "report.csv",
        "report.json",
        "report.xlsx",
    ]
    report = json.loads((kept / "report.json").read_text())
    merged = [pull for pull in world.github.pulls.values() if pull.get("merged_at")]
    assert report["cost_per_merged_pr"]["merged"] == len(merged) >= 1
    assert Decimal(report["trust"]["total_usd"]) > 0
    assert report["trust"]["all_spend_visible"]
    assert (act.folder / "kept-pages" / "index.html").read_bytes() == (
        kept / "index.html"
    ).read_bytes()
    issues = [i for i in world.github.issues.values() if "tokengate:report" in i["body"]]
    assert len({i["title"] for i in issues}) == len(issues) == 2, "this month's, and the last one's"
    assert all("payments-squad" in i["body"] for i in issues)
    assert READING_KEY not in run.text
