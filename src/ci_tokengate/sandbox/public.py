"""What everybody may ask: how the proxy is, and what it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from ci_tokengate.sandbox.llm import VERSION
from ci_tokengate.sandbox.state import State

Endpoint = Callable[[Request], Awaitable[Response]]


def readiness(state: State) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        up = state.database_up
        body = {"status": "healthy", "db": "connected" if up else "disconnected"}
        return JSONResponse(body, status_code=200 if up else 503)

    return endpoint


async def about(request: Request) -> Response:
    """Tells its version to everybody."""
    body = {"docs_title": "LiteLLM API", "litellm_version": VERSION, "useful_links": {}}
    return JSONResponse(body)


async def alive(request: Request) -> Response:
    return JSONResponse("I'm alive!")


async def home(request: Request) -> Response:
    return HTMLResponse("<!DOCTYPE html><title>ci-tokengate sandbox</title>")
