"""Behind each route: read the request, ask who calls, hold the state, answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ci_tokengate.sandbox import llm, metering, outage, public
from ci_tokengate.sandbox.answers import sse
from ci_tokengate.sandbox.auth import Caller, check_alive, check_route, identify, nobody, secret
from ci_tokengate.sandbox.prompts import Prompt, read_prompt
from ci_tokengate.sandbox.refusals import Refusal, invalid
from ci_tokengate.sandbox.routes import LLM, MANAGEMENT, Handler
from ci_tokengate.sandbox.state import Json, State
from ci_tokengate.sandbox.web import Call

Endpoint = Callable[[Request], Awaitable[Response]]


def build(state: State, sleep: llm.Sleep) -> Starlette:
    routes = [
        Route("/", public.home),
        Route("/health/readiness", public.readiness(state)),
        Route("/public/model_hub/info", public.about),
        Route("/health/liveliness", public.alive),
        Route("/health/liveness", public.alive),
    ]
    routes += [
        Route(path, _managed(state, handler), methods=[how]) for how, path, handler in MANAGEMENT
    ]
    routes += [Route(path, _called(state, sleep), methods=["POST"]) for path in LLM]
    return Starlette(
        routes=routes, exception_handlers={Refusal: _refused, HTTPException: _no_route}
    )


def _managed(state: State, handler: Handler) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        with state.lock:
            state.settle()
            path = request.url.path
            caller = _identify(state, request, path if path == "/v1/models" else "", "")
            if caller.key is not None:
                _check_alive(state, caller, path)
            check_route(caller, path)
            body = _body(raw) if request.method == "POST" else {}
            call = Call(path=path, caller=caller, query=dict(request.query_params), body=body)
            trouble = None if state.database_up else outage.answer(call)
            if trouble is not None:
                raise trouble
            reply = handler(state, call)
        return JSONResponse(reply.body, status_code=reply.status)

    return endpoint


def _called(state: State, sleep: llm.Sleep) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        headers = {name.lower(): value for name, value in request.headers.items()}
        prompt = read_prompt(request.url.path, request.url.query, headers, _body(raw))
        with state.lock:
            state.settle()
            caller = _identify(state, request, prompt.call_type, metering.refused_model(prompt))
        served = await llm.serve(state, caller, prompt, sleep)
        return _streamed(served, prompt) or JSONResponse(served.reply.body, headers=served.headers)

    return endpoint


def _streamed(served: llm.Served, prompt: Prompt) -> Response | None:
    if not prompt.stream or served.answer is None:
        return None
    return Response(
        sse(served.answer.events), media_type="text/event-stream", headers=served.headers
    )


def _identify(state: State, request: Request, call_type: str, model: str) -> Caller:
    """A call with a key that is not there (any more) leaves a row under that key's hash, of no user."""
    sent = secret({name.lower(): value for name, value in request.headers.items()})
    try:
        return identify(state, sent)
    except Refusal as refusal:
        if call_type and refusal.error_class == "KeyNotFoundError":
            metering.refused(state, nobody(state, sent), refusal, call_type, model)
        raise


def _check_alive(state: State, caller: Caller, path: str) -> None:
    try:
        if caller.key is not None:
            check_alive(state, caller.key)
    except Refusal as refusal:
        if path == "/v1/models":
            metering.refused(state, caller, refusal, path, "")
        raise


def _body(raw: bytes) -> Json:
    if not raw:
        raise invalid("missing", ("body",), "Field required")
    try:
        body = json.loads(raw)
    except ValueError:
        raise invalid("json_invalid", ("body", "0"), "JSON decode error") from None
    return body if isinstance(body, dict) else {}


async def _refused(request: Request, trouble: Exception) -> Response:
    if not isinstance(trouble, Refusal):
        raise trouble
    return JSONResponse(trouble.body, status_code=trouble.status)


async def _no_route(request: Request, trouble: Exception) -> Response:
    if not isinstance(trouble, HTTPException):
        raise trouble
    return JSONResponse({"detail": trouble.detail}, status_code=trouble.status_code)
