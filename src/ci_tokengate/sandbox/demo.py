"""`ci-tokengate demo`: the life of a job key, on the sandbox, in seconds.

Each act runs the action's own entry points in processes of their own, as the runner would, with an
event, a base commit's policy and the runner's files, and shows what they print.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import click
import httpx

from ci_tokengate.sandbox.github import GitHubState, running_github
from ci_tokengate.sandbox.runner_files import read_entries
from ci_tokengate.sandbox.serve import Sandbox, running_sandbox

_ENTRY = "from ci_tokengate.action import main; raise SystemExit(main())"
_BASE = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
_POLICY = """\
version: 1
mode: enforce
defaults: {team: payments-squad, use-case: code-review}
teams:
  payments-squad: {plan: 800, cost-center: ENGG-PAYMENTS}
  search-squad:   {plan: 200, cost-center: ENGG-SEARCH}
use-cases:
  code-review: {models: [claude-sonnet], cap-per-run: 2.00, cap-per-pr: 10.00, ttl: 30m}
"""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job of the pull request: where the runner keeps its files, and what it is given."""

    folder: Path
    env: Mapping[str, str]

    def file(self, name: str) -> Path:
        return self.folder / name


def demo(env: Mapping[str, str]) -> int:
    """Exit code 0 if every act went as told, 3 otherwise."""
    github = GitHubState(files={(_BASE, ".github/tokengate.yml"): _POLICY})
    with (
        running_sandbox(flush_every=timedelta(seconds=0.5)) as sandbox,
        running_github(github) as api,
        tempfile.TemporaryDirectory(prefix="tokengate-demo-") as folder,
    ):
        stage = _Stage(sandbox, api, Path(folder), env)
        good = all([stage.green(), stage.capped(), stage.blocked()])
    _title("Try next")
    click.echo("  ci-tokengate policy check examples/tokengate.yml   is a policy right?")
    click.echo("  python -m ci_tokengate.sandbox                     a proxy to play with")
    click.echo("  README.md, “Setting up LiteLLM”                    the same on your own proxy")
    return 0 if good else 3


class _Stage:
    def __init__(self, sandbox: Sandbox, api: str, folder: Path, env: Mapping[str, str]) -> None:
        self._sandbox, self._api, self._folder, self._env = sandbox, api, folder, env
        self._run = 0

    def green(self) -> bool:
        _title("1  A job asks for a key: its team is in the green")
        with self._job({}) as (job, code):
            exported = read_entries(job.file("env"))
            key = exported.get("ANTHROPIC_AUTH_TOKEN", "")
            _say(f"later steps get {len(exported)} variables, the key among them, masked")
            _title("2  The agent works through the proxy")
            first = self._call(key, "in=12000 out=900")
            self._sandbox.flush()
            _title("3  The job ends, and its key with it")
        again = self._call(key, "hello")
        return (code, first, again) == (0, 200, 401)

    def capped(self) -> bool:
        _title("4  An agent runs into its cap, and its step is green all the same")
        with self._job({"INPUT_MAX-BUDGET": "0.02"}) as (job, code):
            key = read_entries(job.file("env")).get("ANTHROPIC_AUTH_TOKEN", "")
            calls = [self._call(key, "in=9000 out=100") for _ in range(2)]
            self._sandbox.flush()
        return (code, calls) == (0, [200, 422])

    def blocked(self) -> bool:
        _title("5  Another team is past its hard stop")
        with self._sandbox.state.lock:
            team = self._sandbox.state.teams["search-squad"]
            team.spend = team.counted = Decimal("312.40")
        with self._job({"INPUT_TEAM": "search-squad"}) as (job, code):
            nothing = "ANTHROPIC_AUTH_TOKEN" not in read_entries(job.file("env"))
        return code == 1 and nothing

    @contextmanager
    def _job(self, inputs: Mapping[str, str]) -> Iterator[tuple[Job, int]]:
        """Runs main, then the block as the job's own steps, then post."""
        self._run += 1
        folder = self._folder / str(self._run)
        folder.mkdir()
        for name in ("env", "output", "state", "summary"):
            (folder / name).touch()
        job = Job(folder=folder, env={**self._runner(folder), **inputs})
        code = _entry(job, "main", {})
        yield job, code
        state = read_entries(job.file("state"))
        key = read_entries(job.file("env")).get("ANTHROPIC_AUTH_TOKEN", "")
        at_hand = {"TOKENGATE_JOB_KEY": key} if key else {}
        _entry(job, "post", {**{f"STATE_{n}": v for n, v in state.items()}, **at_hand})

    def _runner(self, folder: Path) -> dict[str, str]:
        event = {
            "pull_request": {
                "number": 42,
                "head": {"ref": "faster-checkout", "repo": {"full_name": "acme/shop"}},
                "base": {"sha": _BASE},
            },
            "repository": {"default_branch": "main"},
        }
        (folder / "event.json").write_text(json.dumps(event), encoding="utf-8")
        inherited = ("PATH", "HOME", "SystemRoot", "LANG", "TMPDIR", "TEMP")
        return {
            **{name: self._env[name] for name in inherited if name in self._env},
            "GITHUB_API_URL": self._api,
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_RUN_ID": str(9000 + self._run),
            "GITHUB_JOB": "review",
            "GITHUB_ENV": str(folder / "env"),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STATE": str(folder / "state"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "RUNNER_TEMP": str(folder),
            "INPUT_PROXY-URL": self._sandbox.url,
            "INPUT_PROXY-KEY": self._sandbox.minter_key,
        }

    def _call(self, key: str, prompt: str) -> int:
        """What the agent's step does: one call, as Claude Code makes it."""
        answer = httpx.post(
            f"{self._sandbox.url}/v1/messages",
            headers={"authorization": f"Bearer {key}"},
            json={
                "model": "claude-sonnet",
                "max_tokens": 1000,
                "messages": [{"role": "user", "content": prompt}],
            },
        )
        cost = answer.headers.get("x-litellm-response-cost")
        told = f"cost ${cost}" if cost else answer.json()["error"]["type"]
        _say(f"POST /v1/messages → {answer.status_code}, {told}")
        return answer.status_code


def _entry(job: Job, phase: str, more: Mapping[str, str]) -> int:
    """main or post in a process of its own; shows its log as the runner would."""
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-c", _ENTRY, phase],
        env={**job.env, **more},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    for line in (done.stdout + done.stderr).splitlines():
        if line.startswith("::add-mask::"):
            continue
        if line.startswith("::"):
            kind, _, text = line[2:].partition("::")
            if phase == "post":
                _say(f"{kind.split()[0]}: {text}")
        else:
            _say(line)
    return done.returncode


def _title(text: str) -> None:
    click.secho(f"\n{text}", bold=True)


def _say(text: str) -> None:
    click.echo(f"  │ {text}")
