"""A GitHub double whose every request and answer is checked against GitHub's own description.

    def test_it(spec_github): api_url = spec_github(state)

A violation fails the test at its end, whatever the code under test made of the answer.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from ci_tokengate.sandbox.github import GitHubState
from ci_tokengate.sandbox.github.app import BASE, build
from ci_tokengate.sandbox.github.front import Front
from ci_tokengate.sandbox.github.serve import Abortable
from ci_tokengate.sandbox.listen import listener_on, serving
from tests.spec.description import OFFICIAL, PRISM, corrected, cut, official
from tests.spec.relay import Relay


class Switch:
    """One address for whichever double the test brings: Prism is told its upstream at the start."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@dataclass(kw_only=True)
class Spec:
    """Double ← Prism ← relay ← `url`."""

    url: str
    relay: Relay
    switch: Switch

    def serve(self, state: GitHubState) -> str:
        """The API's URL."""
        state.public_url = self.url
        self.switch.app = Front(build(state), state)
        return self.url


@pytest.fixture(scope="session")
def running_spec(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spec]:
    if not OFFICIAL.exists() or not PRISM.exists():
        pytest.fail("GitHub's description is not installed: `make test-spec` does it")
    description, folder = cut(corrected(official())), tmp_path_factory.mktemp("spec")
    document = folder / "github.json"
    document.write_text(json.dumps(description), encoding="utf-8")
    switch = Switch()
    with listener_on(0) as behind, listener_on(0) as before:
        double = _address(behind)
        with _prism(document, f"{double}{BASE}", folder / "prism.log") as prism:
            relay = Relay(description, prism, double)
            with (
                serving(switch, behind, name="double", http=Abortable),
                serving(relay, before, name="relay", http=Abortable),
            ):
                yield Spec(url=f"{_address(before)}{BASE}", relay=relay, switch=switch)


@contextmanager
def without_violations(relay: Relay) -> Iterator[None]:
    for kept in (relay.violations, relay.warnings, relay.unvalidated):
        kept.clear()
    relay.validated = 0
    yield
    assert relay.violations == []


@pytest.fixture
def spec(running_spec: Spec) -> Iterator[Spec]:
    """For tests of the checking itself: they take out the violations that they expect."""
    with without_violations(running_spec.relay):
        yield running_spec


@pytest.fixture
def spec_github(spec: Spec) -> Callable[[GitHubState], str]:
    return spec.serve


@contextmanager
def _prism(document: Path, upstream: str, log: Path) -> Iterator[str]:
    with listener_on(0) as free:
        port = free.getsockname()[1]
    command = [str(PRISM), "proxy", "-h", "127.0.0.1", "-p", str(port), "--errors"]
    with log.open("w", encoding="utf-8") as output:
        running = subprocess.Popen(
            [*command, "-v", "warn", str(document), upstream], stdout=output, stderr=output
        )
    try:
        _wait(port, running, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait(10)


def _wait(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if running.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"Prism did not start:\n{log.read_text(encoding='utf-8')}")


def _address(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
