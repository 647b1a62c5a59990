"""`make bench`: how long the action takes, as whole processes, on this machine. Prints; judges nothing.

Warm: main and post on an environment that is there; post alone, and with the comment's process. Cold: main from an empty tool cache, with uv and
with pip alone (these need a package index). Proxy and code host are the sandbox's, in this process;
the time that they take to answer is measured where they answer, and subtracted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from ci_tokengate.sandbox import listen, serve
from ci_tokengate.sandbox.app import build
from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.github import GitHubState, running_github
from ci_tokengate.sandbox.runner_files import read_entries
from ci_tokengate.sandbox.seed import seed
from ci_tokengate.sandbox.state import State
from tests.act.harness import PAYLOADS, ROOT, ship
from tests.act.world import POLICY, POLICY_PATH, pull_of

PAYLOAD = "pull_request.opened"
HEAD = f"{'seconds, medians':<28}{'whole':>9}{'own':>9}{'least':>9}{'most':>9}  target (own)"
Sample = tuple[float, float]
"""Seconds of a process: in all, and beside what its servers took."""


class Timed:
    """An ASGI app that adds up the seconds in which it works on at least one request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.seconds, self.requests = app, 0.0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = time.perf_counter()
        try:
            await self.app(scope, receive, send)
        finally:
            self.seconds += time.perf_counter() - start
            self.requests += 1


class Bench:
    def __init__(
        self, folder: Path, proxy_url: str, minter_key: str, api: str, timer: Timed
    ) -> None:
        self.folder, self.timer = folder, timer
        self.action = ship(folder / "action")
        self.python, self.uv = python_folder(folder), uv_folder(folder)
        self.env = {
            "PATH": str(self.python),
            "HOME": str(folder),
            "RUNNER_TEMP": str(folder),
            "RUNNER_TOOL_CACHE": str(folder / "tools"),
            "GITHUB_API_URL": api,
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(PAYLOADS / f"{PAYLOAD}.json"),
            "GITHUB_REPOSITORY": "Codertocat/Hello-World",
            "GITHUB_RUN_ID": "1",
            "GITHUB_JOB": "bench",
            "INPUT_PROXY-KEY": minter_key,
            "INPUT_PROXY-URL": proxy_url,
        }
        kept = ("SSL_CERT_FILE", "PIP_CERT", "PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT", "UV_INDEX_URL")
        self.env |= {name: os.environ[name] for name in kept if name in os.environ}

    def main(self, **env: str) -> Sample:
        for name in ("STATE", "OUTPUT", "ENV", "STEP_SUMMARY"):
            path = self.folder / name.lower()
            path.unlink(missing_ok=True)
            path.touch()
            self.env[f"GITHUB_{name}"] = str(path)
        return self._node("main.mjs", env)

    def cold(self, path: str) -> Sample:
        shutil.rmtree(self.folder / "tools", ignore_errors=True)
        shutil.rmtree(self.folder / ".cache", ignore_errors=True)
        return self.main(PATH=path)

    def post(self, **env: str) -> Sample:
        """After a main of its own, as the runner hands it over."""
        self.main(**env)
        state = read_entries(self.folder / "state")
        job_key = read_entries(self.folder / "env")["OPENAI_API_KEY"]
        given = {f"STATE_{name}": value for name, value in state.items()}
        return self._node("post.mjs", {**given, **env, "OPENAI_API_KEY": job_key})

    def _node(self, shim: str, env: dict[str, str]) -> Sample:
        self.timer.seconds, start = 0.0, time.perf_counter()
        done = subprocess.run(
            ["node", str(self.action / "hooks" / "action" / shim)],
            env={**self.env, **env, "PATH": f"{env.get('PATH', self.env['PATH'])}:{NODE}"},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        if done.returncode:
            raise SystemExit(f"{shim} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return seconds, seconds - self.timer.seconds


NODE = str(Path(shutil.which("node") or "node").parent)


def python_folder(folder: Path) -> Path:
    """A folder with python3 and nothing else, so that no uv is found."""
    base: str = getattr(sys, "_base_executable", sys.executable)
    shim = folder / "python-only" / "python3"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{base}" "$@"\n')
    shim.chmod(0o755)
    return shim.parent


def uv_folder(folder: Path) -> Path:
    """A folder with uv and nothing else."""
    uv = shutil.which("uv") or str(ROOT / ".cache" / "uv" / "bin" / "uv")
    link = folder / "uv-only" / "uv"
    link.parent.mkdir()
    link.symlink_to(uv)
    return link.parent


@contextmanager
def bench() -> Iterator[Bench]:
    state = State(
        admin_key=serve.ADMIN_KEY,
        clock=WallClock(),
        random_bytes=os.urandom,
        flush_every=timedelta(seconds=1),
    )
    seed(state, serve.MINTER_KEY)
    timer = Timed(build(state, asyncio.sleep))
    github = GitHubState(files={(pull_of(PAYLOAD)["base"]["sha"], POLICY_PATH): POLICY})
    with (
        tempfile.TemporaryDirectory() as name,
        listen.listener_on(0) as listener,
        listen.serving(timer, listener, name="proxy"),
        running_github(github) as api,
    ):
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield Bench(Path(name), url, serve.MINTER_KEY, api, timer)


def row(label: str, runs: int, once: Callable[[], Sample], target: str = "") -> None:
    if not runs:
        return
    samples = [once() for _ in range(runs)]
    whole = statistics.median(s[0] for s in samples)
    own = sorted(s[1] for s in samples)
    figures = f"{whole:>9.3f}{statistics.median(own):>9.3f}{own[0]:>9.3f}{own[-1]:>9.3f}"
    print(f"{label:<28}{figures}  {target}", flush=True)


def processor() -> float:
    """Seconds of the processor that all ended children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def plain(command: list[str]) -> Sample:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    seconds = time.perf_counter() - start
    return seconds, seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("-n", type=int, default=15, help="warm runs")
    parser.add_argument("--cold", type=int, default=3, help="cold runs; 0 without a package index")
    options = parser.parse_args()
    print(HEAD)
    with bench() as b:
        row("node alone", options.n, lambda: plain(["node", "-e", "0"]))
        python = [sys.executable, "-I", "-c", "pass"]
        row("python -I -c pass", options.n, lambda: plain(python))
        row("main, cold, pip alone", options.cold, lambda: b.cold(str(b.python)), "4.5")
        row("main, cold, uv on PATH", options.cold, lambda: b.cold(f"{b.uv}:{b.python}"), "2.5")
        b.main(PATH=f"{b.uv}:{b.python}")
        row("main, warm", options.n, b.main, "0.5")
        row("post, warm, revocation", options.n, lambda: b.post(INPUT_COMMENT="off"), "0.3")
        row("post, warm, with comment", options.n, b.post, "1.3")


if __name__ == "__main__":
    main()
