"""Where the demo plays: a proxy, a GitHub with one pull request, and machines for its jobs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.demo.proxies import PLAYGROUNDS, Playground, Sandbox
from ci_tokengate.sandbox.demo.runner import Job, new_job
from ci_tokengate.sandbox.demo.setting import (
    NUMBER,
    REPOSITORY,
    github_with_the_pull_request,
    policy,
    spend_before,
)
from ci_tokengate.sandbox.demo.shims import Way, by_python, by_shims, fill_tool_cache, find_node
from ci_tokengate.sandbox.github import GitHubState, running_github, workflow_run

_INHERITED = ("PATH", "HOME", "USERPROFILE", "SystemRoot", "LANG", "TMPDIR", "TEMP", "TMP")


@dataclass(kw_only=True)
class Stage:
    """`clock` is the proxy's and GitHub's; the action reads the machine's own."""

    sandbox: Sandbox
    playground: Playground
    github: GitHubState
    api: str
    folder: Path
    way: Way
    clock: WallClock
    line: httpx.Client = field(repr=False)
    env: Mapping[str, str] = field(repr=False)

    def job(self, name: str, run_id: int, inputs: Mapping[str, str]) -> Job:
        """A job of a workflow on the pull request; GitHub knows its run from then on."""
        with self.github.lock:
            run = workflow_run(run_id, status="in_progress", pulls=[NUMBER])
            self.github.runs.setdefault(str(run_id), run)
        number = len(list(self.folder.iterdir()))
        given = {f"INPUT_{key.upper()}": value for key, value in inputs.items()}
        env = {
            **self.env,
            "GITHUB_API_URL": self.api,
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_JOB": name,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": str(run_id),
            "RUNNER_TOOL_CACHE": str(self.folder / "tools"),
            "INPUT_PYTHON": sys.executable,
            "INPUT_PROXY-URL": self.sandbox.url,
            "INPUT_PROXY-KEY": self.sandbox.minter_key,
            "INPUT_GITHUB-TOKEN": "ghs_demo",
            **given,
        }
        pull = self.line.get(f"{self.api}/repos/{REPOSITORY}/pulls/{NUMBER}").json()
        event = {"pull_request": pull, "repository": {"default_branch": "main"}}
        return new_job(self.folder / str(number), self.way, env, event)

    def finish(self, run_id: int, conclusion: str) -> None:
        with self.github.lock:
            self.github.runs[str(run_id)] |= {"status": "completed", "conclusion": conclusion}

    def call(self, job: Job, model: str, prompt: str) -> httpx.Response:
        """What an agent's step does: one call, as Claude Code makes it."""
        more = self.playground.headers(job.exported)
        return self.line.post(
            f"{self.sandbox.url}/v1/messages",
            headers={"authorization": f"Bearer {job.key}", **more},
            json={
                "model": model,
                "max_tokens": 4000,
                "messages": [{"role": "user", "content": prompt}],
            },
        )

    def sweep(self) -> subprocess.CompletedProcess[str]:
        """`ci-tokengate sweep`, as a scheduled workflow runs it."""
        env = {
            **self.env,
            "GITHUB_API_URL": self.api,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": "ghs_demo",
            "TOKENGATE_PROXY_URL": self.sandbox.url,
            "TOKENGATE_PROXY_KEY": self.sandbox.minter_key,
            "TOKENGATE_PROXY": self.playground.kind,
        }
        return subprocess.run(
            [sys.executable, "-X", "utf8", "-m", "ci_tokengate", "sweep"],
            env=env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def catch_up(self) -> None:
        """The pause before the merge: the proxy's and GitHub's clocks are set to now."""
        self.clock.advance(self.playground.pause)

    def comments(self) -> list[str]:
        return [comment.body for comment in self.github.comments_on(NUMBER)]

    def log_total(self) -> Decimal:
        """USD of all rows in the proxy's log: nobody but this pull request has called."""
        return self.sandbox.log_total()


@contextmanager
def set_up(
    env: Mapping[str, str], action: Path | None, playground: Playground = PLAYGROUNDS["litellm"]
) -> Iterator[Stage]:
    """The whole stage until the end of the block; it leaves no process and no file.

    The proxy's clock starts a pause in the past, so that the pause can be had by moving it to now.
    Raises NotAsToldError where node or Python cannot be run.
    """
    clock = WallClock()
    clock.advance(-playground.pause)
    inherited = {name: env[name] for name in _INHERITED if name in env}
    github = github_with_the_pull_request(clock, policy(playground))
    with (
        playground.running(clock) as sandbox,
        running_github(github) as api,
        TemporaryDirectory(prefix="tokengate-demo-") as folder,
        httpx.Client() as line,
    ):
        spend_before(sandbox)
        tools, node = Path(folder) / "tools", find_node(env)
        tools.mkdir()
        if node and action:
            fill_tool_cache(tools, node, action, inherited)
        yield Stage(
            sandbox=sandbox,
            playground=playground,
            github=github,
            api=api,
            folder=Path(folder),
            way=by_shims(node, action) if node and action else by_python(),
            clock=clock,
            line=line,
            env=inherited,
        )
