"""`make bench`, the early warning: `watch` and `budget plan` over a hundred teams, as whole processes. Prints; judges nothing.

The proxy is the sandbox's, in this process. "own" is the processor's time of the command: what it needs
beside the proxy. "proxy" is for how long at least one request was being answered there, "asked" how
many there were, "at once" the most of them at a time. Thirty teams of the hundred have a day that is out
of the ordinary; each has two jobs with a key of its own every day, and two dozen on such a day.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from ci_tokengate.sandbox import serve
from ci_tokengate.sandbox.app import build
from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.listen import listener_on, serving
from ci_tokengate.sandbox.serve import Sandbox
from ci_tokengate.sandbox.state import State, Team
from tests.bench.__main__ import processor
from tests.stage.days import alias, reader, spend
from tests.stage.reading import READING_KEY

TEAMS, DEAR, DAYS = 100, 30, 15
KEYS, KEYS_ON_A_DEAR_DAY = 20, 80
LATENCY = 0.2
"""Seconds that each answer takes besides, as a proxy's database does."""
HEAD = f"{'seconds, median':<44}{'wall':>7}{'own':>7}{'proxy':>7}{'asked':>7}{'at once':>9}"


async def _never(_: float) -> None:
    raise AssertionError("no model is called here")


class Counted:
    """In front of the sandbox, and a little slower."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._lock = app, threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.asked = self.now = self.most = 0
        self.busy = self.since = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._count(+1)
        try:
            await asyncio.sleep(LATENCY)
            await self._app(scope, receive, send)
        finally:
            self._count(-1)

    def _count(self, by: int) -> None:
        with self._lock:
            at = time.perf_counter()
            if self.now:
                self.busy += at - self.since
            self.since, self.now = at, self.now + by
            self.asked += by > 0
            self.most = max(self.most, self.now)


@dataclass(kw_only=True)
class Office:
    counted: Counted
    url: str
    folder: Path

    def run(self, said: str, *args: str, zone: str = "UTC") -> tuple[float, float]:
        policy = self.folder / f"{zone.replace('/', '-')}.yml"
        teams = "".join(f"  squad-{n:02}: {{plan: 900}}\n" for n in range(TEAMS))
        policy.write_text(
            f"version: 1\nproxy: {{url: '{self.url}'}}\nzone: {zone}\nteams:\n{teams}"
            "use-cases: {review: {models: [claude-sonnet], cap-per-run: 1}}\n",
            encoding="utf-8",
        )
        env = {**os.environ, "TOKENGATE_POLICY": str(policy), "TOKENGATE_READING_KEY": READING_KEY}
        self.counted.clear()
        start, spent = time.perf_counter(), processor()
        command = [sys.executable, "-m", "ci_tokengate", *args]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        if done.returncode or said not in done.stdout:
            raise SystemExit(
                f"{args} ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr}"
            )
        return seconds, processor() - spent


@contextmanager
def office() -> Iterator[Office]:
    state = State(
        admin_key=serve.ADMIN_KEY,
        clock=WallClock(),
        random_bytes=os.urandom,
        flush_every=timedelta(0),
    )
    counted = Counted(build(state, _never))
    with tempfile.TemporaryDirectory() as folder, listener_on(0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        sandbox = Sandbox(
            url=url, admin_key=serve.ADMIN_KEY, minter_key=serve.MINTER_KEY, state=state
        )
        reader(sandbox)
        _fill(sandbox)
        with serving(counted, listener, name="sandbox"):
            yield Office(counted=counted, url=url, folder=Path(folder))


def _fill(sandbox: Sandbox) -> None:
    now = datetime.now(timezone.utc)
    for n in range(TEAMS):
        name = f"squad-{n:02}"
        sandbox.state.teams[name] = Team(team_id=name, alias=name, created=now)
        for back in range(DAYS + 1):
            dear = n < DEAR and back == 0
            for job in range(KEYS_ON_A_DEAR_DAY if dear else KEYS):
                at = now - timedelta(days=back, seconds=job)
                spend(sandbox, name, at, "0.9", name=alias(job, f"{back}.1"))


CASES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "watch, UTC: 30 of 100 teams broken down": (
        '"judged": true',
        ("watch", "--now", "--format", "json"),
        "UTC",
    ),
    "watch, Asia/Tokyo: 30 read row by row": (
        '"judged": true',
        ("watch", "--now", "--format", "json"),
        "Asia/Tokyo",
    ),
    "budget plan": ("squad-99", ("budget", "plan"), "UTC"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.watch", description=__doc__)
    parser.add_argument("-n", type=int, default=3, help="runs of each")
    options = parser.parse_args()
    with office() as found:
        print(f"\n{TEAMS} teams, {DAYS + 1} days; own: ≤ 10\n{HEAD}", flush=True)
        for label, (said, args, zone) in CASES.items():
            runs = sorted(
                (*found.run(said, *args, zone=zone), found.counted.busy) for _ in range(options.n)
            )
            wall, own, busy = runs[len(runs) // 2]
            seen = found.counted
            print(
                f"{label:<44}{wall:>7.2f}{own:>7.2f}{busy:>7.2f}{seen.asked:>7}{seen.most:>9}",
                flush=True,
            )


if __name__ == "__main__":
    main()
