"""The routes: read the request, ask who calls, hold the state, answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ci_tokengate.sandbox.answers import sse
from ci_tokengate.sandbox.openrouter import calls, keys
from ci_tokengate.sandbox.openrouter.refused import Refused
from ci_tokengate.sandbox.openrouter.state import Json, State
from ci_tokengate.sandbox.prices import MODELS
from ci_tokengate.sandbox.prompts import read_prompt

_BASE = "/api/v1"
Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[State, Request, Json], tuple[int, Json]]


def build(state: State) -> Starlette:
    managed: list[tuple[str, str, Handler]] = [
        ("POST", "/keys", keys.create),
        ("GET", "/keys", keys.listing),
        ("GET", "/keys/{hash}", keys.one),
        ("PATCH", "/keys/{hash}", keys.update),
        ("DELETE", "/keys/{hash}", keys.delete),
        ("GET", "/workspaces", keys.workspaces),
        ("GET", "/activity", calls.activity),
    ]
    routes = [
        Route(f"{_BASE}{path}", _managed(state, how, handler), methods=[how])
        for how, path, handler in managed
    ]
    routes.append(Route(f"{_BASE}/models", _models))
    routes += [
        Route(f"/api{path}", _called(state, path), methods=["POST"])
        for path in ("/v1/messages", "/v1/chat/completions", "/v1/responses")
    ]
    return Starlette(routes=routes, exception_handlers={Refused: _refuse, HTTPException: _nothing})


def _managed(state: State, how: str, handler: Handler) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        with state.lock:
            _fault(state, how, request.url.path.removeprefix(_BASE))
            if _bearer(request) != state.management_key:
                raise Refused(401, "Invalid management key")
            status, body = handler(state, request, json.loads(raw or b"{}"))
        return JSONResponse(body, status_code=status)

    return endpoint


def _called(state: State, path: str) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        prompt = read_prompt(path, "", {}, json.loads(raw))
        with state.lock:
            _fault(state, "POST", request.url.path)
            made = calls.serve(
                state, _bearer(request) or request.headers.get("x-api-key", ""), prompt
            )
        if prompt.stream:
            return Response(sse(made.events), media_type="text/event-stream")
        return JSONResponse(made.body)

    return endpoint


async def _models(request: Request) -> Response:
    return JSONResponse({"data": [{"id": name, "name": name} for name in MODELS]})


def _fault(state: State, how: str, path: str) -> None:
    for (method, begin), told in list(state.faults.items()):
        if method == how and path.startswith(begin) and (found := told()):
            refusal = Refused(found[0], "")
            refusal.body = found[1]
            raise refusal


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


async def _refuse(request: Request, trouble: Exception) -> Response:
    if not isinstance(trouble, Refused):
        raise trouble
    return JSONResponse(trouble.body, status_code=trouble.status)


async def _nothing(request: Request, trouble: Exception) -> Response:
    return await _refuse(request, Refused(404, "Not Found"))
