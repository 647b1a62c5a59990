"""Serves the sandbox on a loopback port, in a thread."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from email.utils import format_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ci_tokengate.sandbox.app import build
from ci_tokengate.sandbox.clock import Clock, WallClock
from ci_tokengate.sandbox.listen import listener_on, serving
from ci_tokengate.sandbox.llm import Sleep
from ci_tokengate.sandbox.seed import seed
from ci_tokengate.sandbox.state import Ceilings, State

ADMIN_KEY = "sk-sandbox-admin-1234"
MINTER_KEY = "sk-sandbox-minter-1234"


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """A running proxy. `minter_key` is good once it is seeded."""

    url: str
    admin_key: str = field(repr=False)
    minter_key: str = field(repr=False)
    state: State = field(repr=False)

    def seed(self) -> None:
        with self.state.lock:
            seed(self.state, self.minter_key)

    def log_total(self) -> Decimal:
        """USD of all rows in the log."""
        with self.state.lock:
            return sum((row.spend for row in self.state.rows), Decimal(0))

    def spent_before(self, team: str, amount: Decimal) -> None:
        """As if by other keys, in the weeks before (USD)."""
        with self.state.lock:
            found = self.state.teams[team]
            found.spend = found.counted = amount

    def flush(self) -> None:
        """Makes visible what was spent so far, as the proxy does by itself from time to time."""
        self.state.flush()

    def set_database(self, *, up: bool) -> None:
        """`up=False`: as if the proxy had lost its database. Keys it has seen go on working, and are logged later."""
        with self.state.lock:
            self.state.database_up = up


@contextmanager
def running_sandbox(
    *,
    port: int = 0,
    flush_every: timedelta = timedelta(seconds=2),
    ceilings: Ceilings | None = None,
    clock: Clock | None = None,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    sleep: Sleep = asyncio.sleep,
    seeded: bool = True,
) -> Iterator[Sandbox]:
    """A sandbox until the end of the block. `flush_every=timedelta(0)` shows spend at once; `ceilings=Ceilings()` is hardened."""
    state = State(
        admin_key=ADMIN_KEY,
        clock=clock or WallClock(),
        random_bytes=random_bytes,
        flush_every=flush_every,
        ceilings=ceilings,
    )
    with listener_on(port) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        sandbox = Sandbox(url=url, admin_key=ADMIN_KEY, minter_key=MINTER_KEY, state=state)
        if seeded:
            sandbox.seed()
        app = dated(build(state, sleep), state.now)
        with serving(app, listener, name="sandbox", dated=False):
            yield sandbox


def dated(app: ASGIApp, now: Clock) -> ASGIApp:
    """Answers carry the sandbox's own time, as a server's do."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                stamp = format_datetime(now(), usegmt=True).encode()
                message = {**message, "headers": [*message["headers"], (b"date", stamp)]}
            await send(message)

        await app(scope, receive, told)

    return answer
