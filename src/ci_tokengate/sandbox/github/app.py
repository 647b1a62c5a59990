"""The way of a request: front (faults, log, rate) → app (who, which repository, may it) → handler → state."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ci_tokengate.sandbox.github.identity import ACTIONS, Identity
from ci_tokengate.sandbox.github.refusals import (
    REST,
    Refusal,
    bad_credentials,
    forbidden,
    missing,
    moved,
    no_credentials,
    not_json,
)
from ci_tokengate.sandbox.github.routes import GRAPHQL, OF_A_REPOSITORY, OF_NONE, Row
from ci_tokengate.sandbox.github.state import GitHubState, Json
from ci_tokengate.sandbox.github.users import number_of
from ci_tokengate.sandbox.github.web import API, Call, Reply, at_home

BASE = "/api/v3"
_READS = ("GET", "HEAD")
Endpoint = Callable[[Request], Awaitable[Response]]


def build(state: GitHubState) -> Starlette:
    routes = [Route("/api/graphql", _endpoint(state, GRAPHQL), methods=["POST"])]
    for row in OF_NONE:
        routes.append(_route(state, row, BASE))
    for row in OF_A_REPOSITORY:
        for prefix in ("/repos/{owner}/{repo}", "/repositories/{repository_id:int}"):
            routes.append(_route(state, row, f"{BASE}{prefix}"))
    app = Starlette(routes=routes, exception_handlers={HTTPException: _no_route})
    app.router.redirect_slashes = False
    return app


def _route(state: GitHubState, row: Row, prefix: str) -> Route:
    return Route(f"{prefix}{row.path}", _endpoint(state, row), methods=[row.method])


def _endpoint(state: GitHubState, row: Row) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        with state.lock:
            try:
                reply = row.handler(_call(state, row, request, raw))
            except Refusal as refusal:
                body = refusal.body(row.documentation)
                reply = Reply(body=body, status=refusal.status, headers=refusal.headers)
            return _response(state, request, reply)

    return endpoint


def _call(state: GitHubState, row: Row, request: Request, raw: bytes) -> Call:
    identity = identify(state, request.headers.get("authorization", ""))
    path = request.url.path.removeprefix(BASE)
    params = request.path_params
    repository = ""
    if "repo" in params or "repository_id" in params:
        repository = _repository(state, request, path)
        _may_read(state, row, identity)
    writes = request.method not in _READS
    if writes and identity is None and row is not GRAPHQL:
        raise no_credentials()
    return Call(
        state=state,
        path=path,
        params=params,
        query=dict(request.query_params),
        identity=identity,
        repository=repository,
        accept=request.headers.get("accept", ""),
        body=_json(raw) if writes else {},
    )


def identify(state: GitHubState, authorization: str) -> Identity | None:
    """None for no token at all. Raises Refusal for one that is unknown."""
    kind, _, token = authorization.partition(" ")
    if not token or kind.lower() not in ("bearer", "token"):
        return None
    if not state.tokens:
        return ACTIONS
    if token not in state.tokens:
        raise bad_credentials()
    return state.tokens[token]


def _repository(state: GitHubState, request: Request, path: str) -> str:
    """The full name. Raises Refusal where it has moved, or is another than the one there is."""
    params = request.path_params
    if "repository_id" in params:
        return _numbered(state, params["repository_id"])
    asked = f"{params['owner']}/{params['repo']}"
    if shelved := [name for name in state.shelves if name.lower() == asked.lower()]:
        return shelved[0]
    for old, new in state.moved.items():
        if old.lower() == asked.lower():
            rest = path.removeprefix(f"/repos/{asked}")
            query = f"?{request.url.query}" if request.url.query else ""
            to = f"{_api(state, request)}/repositories/{number_of(new)}{rest}{query}"
            raise moved(to, safe=request.method in _READS)
    if state.repository and state.repository.lower() != asked.lower():
        raise missing()
    return state.repository or asked


def _numbered(state: GitHubState, number: int) -> str:
    for name in (state.repository, *state.moved.values(), *state.shelves):
        if name and number_of(name) == number:
            return name
    raise missing()


def _may_read(state: GitHubState, row: Row, identity: Identity | None) -> None:
    """GitHub does not tell strangers that a private repository exists."""
    if not state.private:
        return
    if identity is None:
        raise missing()
    if row.reads and not any(identity.may(what, "read") for what in row.reads):
        raise forbidden(integration=identity.app_slug is not None)


def _json(raw: bytes) -> Json:
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise not_json() from None
    if not isinstance(body, dict):
        raise Refusal(400, "Body should be a JSON object")
    return body


def _response(state: GitHubState, request: Request, reply: Reply) -> Response:
    api = _api(state, request)
    headers = {name: value.replace(API, api) for name, value in reply.headers.items()}
    headers["x-github-media-type"] = "github.v3; format=json"
    if reply.status == 204:
        return Response(status_code=204, headers=headers)
    content: Any = reply.body
    if not isinstance(content, bytes):
        content = json.dumps(at_home(content, api, api.removesuffix(BASE))).encode()
    return Response(content, reply.status, headers | {"content-type": reply.media})


def _api(state: GitHubState, request: Request) -> str:
    return state.public_url or f"{request.url.scheme}://{request.url.netloc}{BASE}"


async def _no_route(request: Request, trouble: Exception) -> Response:
    """GitHub says 404 to an unknown method too."""
    said = {"message": "Not Found", "documentation_url": REST, "status": "404"}
    return JSONResponse(said, status_code=404)
