"""Serves the double on a loopback port, in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from ci_tokengate.sandbox.github.app import BASE, build
from ci_tokengate.sandbox.github.front import ABORT, Front
from ci_tokengate.sandbox.github.state import GitHubState
from ci_tokengate.sandbox.listen import listener_on, serving


@contextmanager
def running_github(state: GitHubState, *, port: int = 0) -> Iterator[str]:
    """The API's URL, until the end of the block."""
    with listener_on(port) as listener:
        bound = listener.getsockname()[1]
        with serving(Front(build(state), state), listener, name="github", http=Abortable):
            yield f"http://127.0.0.1:{bound}{BASE}"


class Abortable(H11Protocol):
    """Lets the application end the connection, which ASGI has no word for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app = _with_abort(self.app, self)

    def abort(self) -> None:
        if self.cycle is not None:
            self.cycle.disconnected = True  # so that uvicorn does not answer 500 in its place
        self.transport.abort()


def _with_abort(app: ASGIApp, protocol: Abortable) -> ASGIApp:
    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, ABORT: protocol.abort}, receive, send)

    return called
