"""An ASGI application on a loopback port, in a thread, until it is told to end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp


def listener_on(port: int) -> socket.socket:
    """Named as TCP, so that asyncio turns Nagle's delay off; else every answer takes 40 ms."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


class _Server(uvicorn.Server):
    """Tells when it listens, and is told when to end: uvicorn's own looks ten times a second for it, and waits
    two or three more tenths then."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()
        self._told = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    def end(self) -> None:
        """From any thread."""
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        """Each second the time that its answers carry is set anew."""
        for tenths in count(step=10):
            if await self.on_tick(tenths):
                return
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._told.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """What is being answered gets its answer, if that takes no longer than a second."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._rest(), self.config.timeout_graceful_shutdown)
        for task in self.server_state.tasks:
            task.cancel()

    async def _rest(self) -> None:
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(0.005)


@contextmanager
def serving(
    app: ASGIApp,
    listener: socket.socket,
    *,
    name: str,
    http: str | type[asyncio.Protocol] = "h11",
    dated: bool = True,
) -> Iterator[None]:
    """`app` on `listener`, in a thread, until the end of the block. Not `dated`: it says the time itself."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        loop="asyncio",
        http=http,
        timeout_graceful_shutdown=1,
        date_header=dated,
    )
    server = _Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name=name, daemon=True)
    thread.start()
    if not server.ready.wait(10):
        raise RuntimeError(f"the {name} did not start within 10 s")
    try:
        yield
    finally:
        server.end()
        thread.join(5)
