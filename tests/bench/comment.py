"""`make bench`, the comment: how long `ci-tokengate comment` takes as a whole process. Prints; judges nothing.

Proxy and GitHub are the sandbox's, in this process. "own" is the processor's time of the command, which
is what it needs beside the two APIs: whatever else passes is waiting for them, or for a processor that
others have. A first comment waits up to 1.5 s for those of other jobs, so that what is measured is an
update and a comment that stands.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from ci_tokengate.sandbox import listen, serve
from ci_tokengate.sandbox.app import build
from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.github import GitHubState, pull_request
from ci_tokengate.sandbox.github.app import BASE
from ci_tokengate.sandbox.github.app import build as build_github
from ci_tokengate.sandbox.github.front import Front
from ci_tokengate.sandbox.seed import seed
from ci_tokengate.sandbox.state import State
from tests.bench.__main__ import HEAD, Sample, plain, processor, row
from tests.stage.world import POLICY

OTHERS = 250
"""Comments by others, which are all read."""
REPEATS = 15


@dataclass(kw_only=True)
class Desk:
    proxy_url: str
    env: dict[str, str]
    job_key: str

    def updated(self) -> Sample:
        """After one more call."""
        body = {"model": "gpt-mini", "messages": [{"role": "user", "content": "in=1000 out=50"}]}
        job = {"authorization": f"Bearer {self.job_key}"}
        httpx.post(f"{self.proxy_url}/v1/chat/completions", json=body, headers=job, timeout=30)
        return self.run("✔ updated")

    def stands(self) -> Sample:
        return self.run("· unchanged")

    def run(self, said: str) -> Sample:
        start, spent = time.perf_counter(), processor()
        command = [sys.executable, "-m", "ci_tokengate", "comment", "--pr", "7"]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        if not done.stdout.startswith(said):
            raise SystemExit(f"comment ended with {done.returncode}: {done.stdout}{done.stderr}")
        return seconds, processor() - spent


@contextmanager
def desk() -> Iterator[Desk]:
    state = State(
        admin_key=serve.ADMIN_KEY,
        clock=WallClock(),
        random_bytes=os.urandom,
        flush_every=timedelta(0),
    )
    seed(state, serve.MINTER_KEY)
    github = GitHubState()
    github.pulls[7] = pull_request(7)
    for number in range(OTHERS):
        github.add_comment(7, f"comment {number}")
    proxy, host = build(state, asyncio.sleep), Front(build_github(github), github)
    with (
        tempfile.TemporaryDirectory() as name,
        listen.listener_on(0) as first,
        listen.listener_on(0) as second,
        listen.serving(proxy, first, name="proxy"),
        listen.serving(host, second, name="github"),
    ):
        url, api = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in (first, second))
        policy = Path(name) / "tokengate.yml"
        policy.write_text(POLICY, encoding="utf-8")
        env = {
            "PATH": os.environ["PATH"],
            "HOME": name,
            "GITHUB_API_URL": f"{api}{BASE}",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_RUN_ID": "1",
            "GITHUB_TOKEN": "ghs_bench",
            "TOKENGATE_POLICY": str(policy),
            "TOKENGATE_PROXY_URL": url,
            "TOKENGATE_PROXY_KEY": serve.MINTER_KEY,
        }
        yield Desk(proxy_url=url, env=env, job_key=_job_key(url))


def _job_key(url: str) -> str:
    order = {
        "team_id": "payments-squad",
        "key_alias": "tokengate:acme/shop#7:1.1:review:code-review:ab12",
        "duration": "30m",
        "max_budget": 2,
        "models": ["gpt-mini"],
    }
    minter = {"authorization": f"Bearer {serve.MINTER_KEY}"}
    return str(httpx.post(f"{url}/key/generate", json=order, headers=minter).json()["key"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.comment", description=__doc__)
    parser.add_argument("-n", type=int, default=REPEATS, help="runs")
    options = parser.parse_args()
    print(HEAD)
    with desk() as d:
        subprocess.run(
            [sys.executable, "-m", "ci_tokengate", "comment", "--pr", "7"],
            env=d.env,
            check=True,
            capture_output=True,
        )
        imports = [sys.executable, "-c", "import ci_tokengate.cli.app, github"]
        row("imports alone", options.n, lambda: plain(imports))
        row("comment, updated", options.n, d.updated, "1.0")
        row("comment, stands", options.n, d.stands, "1.0")


if __name__ == "__main__":
    main()
