"""The routes: read the request, ask who calls, hold the state, answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ci_tokengate.sandbox.answers import sse
from ci_tokengate.sandbox.portkey import analytics, gateway, keys
from ci_tokengate.sandbox.portkey.refusals import Refused, denied, refused
from ci_tokengate.sandbox.portkey.state import Key, State
from ci_tokengate.sandbox.prompts import read_prompt

Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[State, Key, Request, Any], Any]
_NEEDED = {
    ("POST", "/api-keys"): "workspace_service_api_keys.create",
    ("GET", "/api-keys"): "workspace_service_api_keys.list",
    ("DELETE", "/api-keys"): "workspace_service_api_keys.delete",
    ("GET", "/analytics"): "analytics.view",
    ("GET", "/admin/workspaces"): "workspaces.read",
    ("PUT", "/admin/workspaces"): "workspaces.update",
    ("GET", "/admin/users"): "organisation_users.list",
}
_LLM = ("/v1/messages", "/v1/chat/completions", "/v1/responses")


def build(state: State) -> Starlette:
    managed = [
        ("POST", "/api-keys/workspace/service", lambda s, k, r, b: keys.create(s, k, b)),
        ("GET", "/api-keys", lambda s, k, r, b: keys.listing(s, k, dict(r.query_params))),
        ("GET", "/api-keys/{id}", lambda s, k, r, b: keys.view(_key(s, k, r))),
        ("DELETE", "/api-keys/{id}", _delete),
        ("GET", "/admin/users", lambda s, k, r, b: {"object": "list", "total": 0, "data": []}),
        ("GET", "/admin/workspaces", _workspaces),
        ("GET", "/admin/workspaces/{slug}", _workspace),
        ("PUT", "/admin/workspaces/{slug}", _workspace),
        ("GET", "/analytics/graphs/{what}", _graph),
        ("GET", "/analytics/groups/ai-models", _models),
        ("GET", "/analytics/groups/metadata/{name}", _metadata),
    ]
    routes = [
        Route(f"/v1{path}", _managed(state, how, path, handler), methods=[how])
        for how, path, handler in managed
    ]
    routes += [Route(path, _called(state), methods=["POST"]) for path in _LLM]
    return Starlette(routes=routes, exception_handlers={Refused: _refuse, HTTPException: _nothing})


def _managed(state: State, how: str, path: str, handler: Handler) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        with state.lock:
            _fault(state, how, request.url.path.removeprefix("/v1"))
            caller = _caller(state, request)
            if caller is None:
                raise refused(401)
            _check_scope(caller, how, path)
            body = handler(state, caller, request, json.loads(raw or b"{}"))
            if how == "POST" and state.lost_mints:
                state.lost_mints -= 1
                raise Refused(502, None)
        return JSONResponse(body)

    return endpoint


def _called(state: State) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        headers = {name.lower(): value for name, value in request.headers.items()}
        with state.lock:
            _fault(state, "POST", request.url.path)
            caller = _caller(state, request)
            if caller is None:
                raise denied(401, "invalid_api_key", "this API key is unknown or has ended")
            prompt = read_prompt(request.url.path, request.url.query, headers, json.loads(raw))
            made = gateway.serve(state, caller, prompt, headers)
        if prompt.stream:
            return Response(sse(made.events), media_type="text/event-stream")
        return JSONResponse(made.body)

    return endpoint


def _fault(state: State, how: str, path: str) -> None:
    for (method, begin), answer in list(state.faults.items()):
        if method == how and path.startswith(begin) and (found := answer()):
            raise Refused(*found)


def _caller(state: State, request: Request) -> Key | None:
    """The key in its own header, or where the provider's would be."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    sent = request.headers.get("x-portkey-api-key") or bearer or request.headers.get("x-api-key")
    key = state.by_secret(sent or "")
    return None if key is None or (key.expires and key.expires <= state.now()) else key


def _check_scope(caller: Key, how: str, path: str) -> None:
    for (method, begin), scope in _NEEDED.items():
        if method == how and path.startswith(begin) and scope not in caller.scopes:
            raise refused(403)


def _key(state: State, caller: Key, request: Request) -> Key:
    found = state.keys.get(request.path_params["id"])
    if found is None or caller.workspace not in ("", found.workspace):
        raise refused(404)
    return found


def _delete(state: State, caller: Key, request: Request, body: Any) -> Any:
    del state.keys[_key(state, caller, request).id]
    return {}


def _workspaces(state: State, caller: Key, request: Request, body: Any) -> Any:
    """Only an organisation's key sees them all."""
    if caller.workspace:
        raise refused(403)
    found = list(state.workspaces.values())
    return keys.page(found, dict(request.query_params), keys.workspace_view)


def _workspace(state: State, caller: Key, request: Request, body: Any) -> Any:
    found = state.workspaces.get(request.path_params["slug"])
    if found is None:
        raise refused(404)
    if caller.workspace not in ("", found.slug):
        raise refused(403)
    return keys.workspace_view(found)


def _graph(state: State, caller: Key, request: Request, body: Any) -> Any:
    what = request.path_params["what"]
    if what not in ("cost", "tokens", "requests"):
        raise refused(404)
    return analytics.graph(state, caller, what, dict(request.query_params))


def _models(state: State, caller: Key, request: Request, body: Any) -> Any:
    return analytics.by_model(state, caller, dict(request.query_params))


def _metadata(state: State, caller: Key, request: Request, body: Any) -> Any:
    name = request.path_params["name"]
    return analytics.by_metadata(state, caller, name, dict(request.query_params))


async def _refuse(request: Request, trouble: Exception) -> Response:
    if not isinstance(trouble, Refused):
        raise trouble
    if trouble.body is None:
        return Response(status_code=trouble.status)
    return JSONResponse(trouble.body, status_code=trouble.status)


async def _nothing(request: Request, trouble: Exception) -> Response:
    return await _refuse(request, refused(404))
