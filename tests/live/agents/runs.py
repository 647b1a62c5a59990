"""Runs a client with what was wired and nothing else, and says what came of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ci_tokengate.core.tools.model import Access
from ci_tokengate.core.tools.registry import select, wire
from tests.live.agents.clients import MODELS, PROXY, TRAP, Client
from tests.live.agents.doorway import Request, open_doorway
from tests.live.agents.lab import JobKey, Lab

INSIDE = Path(__file__).with_name("inside.py")
TIMED_OUT = 124


@dataclass(frozen=True, kw_only=True)
class Run:
    """What came of one run.

    calls: requests that ask a model for something, as they arrived at the proxy.
    strays: requests that arrived at somebody else's.
    alone: whether there was no other network.
    """

    status: int
    seconds: float
    calls: Sequence[Request]
    strays: Sequence[Request]
    said: str
    alone: bool

    @property
    def refused(self) -> list[Request]:
        return [call for call in self.calls if call.status >= 400]


def run(
    client: Client,
    key: JobKey,
    lab: Lab,
    prompt: str,
    *,
    tools: Sequence[str] = (),
    models: Sequence[str] = MODELS,
    preset: Mapping[str, str] | None = None,
    wired: bool = True,
    refusal: int = 0,
    limit: float = 120,
) -> Run:
    """`tools`: what is wired, by default the client's own entry; `preset`: what the job held before;
    `refusal`: the status that everything is answered with, in the proxy's place.
    """
    with tempfile.TemporaryDirectory(prefix="tokengate-") as made:
        place = Path(made).resolve()
        folder = place / "folder"
        access = Access(root=PROXY, key=key.value, models=tuple(models), folder=str(folder))
        wiring = wire(select(tools or [client.tool]), access)
        _write(folder, wiring.files)
        home, work = place / "home", place / "work"
        home.mkdir()
        subprocess.run(["git", "init", "-q", str(work)], check=True)
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "CI": "1",
            **_proxies(),
            **(preset or {}),
            **(wiring.env if wired else {}),
        }
        doors = {PROXY: place / "proxy", TRAP: place / "trap"}
        ports = [f"{url.rpartition(':')[2]}={path}" for url, path in doors.items()]
        command = [*_network(), sys.executable, str(INSIDE), *ports, "--", *client.command(prompt)]
        with (
            open_doorway(doors[PROXY], lab.root, refusal) as door,
            open_doorway(doors[TRAP], refusal=418) as trap,
        ):
            begun = time.monotonic()
            status, said = _finish(command, env, work, limit)
            seconds = time.monotonic() - begun
        return Run(
            status=status,
            seconds=seconds,
            calls=door.calls,
            strays=trap.seen,
            said=said[-4000:],
            alone=bool(_network()),
        )


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(mode=0o700)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _finish(
    command: Sequence[str], env: Mapping[str, str], cwd: Path, limit: float
) -> tuple[int, str]:
    """Exit status and output; the whole session is ended when it takes longer than `limit`."""
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = child.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            child.wait()
            status = TIMED_OUT
        output.seek(0)
        return status, output.read().decode(errors="replace")


@cache
def _network() -> tuple[str, ...]:
    """The command before a command that leaves it loopback only; empty where that is not allowed."""
    for flags in ("-n", "-rn"):
        command = ("unshare", flags)
        if (
            shutil.which("unshare")
            and not subprocess.run([*command, "true"], capture_output=True, check=False).returncode
        ):
            return command
    return ()


def _proxies() -> dict[str, str]:
    """Second best to a network of its own: whatever obeys these cannot get out either."""
    closed = "http://127.0.0.1:9"
    return {} if _network() else {"HTTPS_PROXY": closed, "NO_PROXY": "127.0.0.1"}
