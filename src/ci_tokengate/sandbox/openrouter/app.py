"""The routes of keys, activity and calls."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ci_tokengate.sandbox.answers import Answer, answer, sse
from ci_tokengate.sandbox.openrouter.state import WORKSPACES, Call, Json, Key, State, iso
from ci_tokengate.sandbox.prices import MODELS
from ci_tokengate.sandbox.prompts import Prompt, read_prompt

_BASE = "/api/v1"
_A_PAGE = 100
_REMEMBERED = timedelta(days=30)
Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[State, Request, Json], tuple[int, Json]]


class Refused(Exception):  # noqa: N818 - an answer, not an error
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: Any = {"error": {"code": status, "message": message}}


def build(state: State) -> Starlette:
    managed: list[tuple[str, str, Handler]] = [
        ("POST", "/keys", _create),
        ("GET", "/keys", _list),
        ("GET", "/keys/{hash}", lambda s, r, b: (200, {"data": _view(s, _key(s, r))})),
        ("PATCH", "/keys/{hash}", _update),
        ("DELETE", "/keys/{hash}", _delete),
        ("GET", "/activity", _activity),
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
            made = _serve(state, _bearer(request) or request.headers.get("x-api-key", ""), prompt)
        if prompt.stream:
            return Response(sse(made.events), media_type="text/event-stream")
        return JSONResponse(made.body)

    return endpoint


def _serve(state: State, secret: str, prompt: Prompt) -> Answer:
    if secret == state.management_key:
        raise Refused(403, "A management key cannot be used for completions")
    key = state.by_secret(secret)
    if key is None or key.disabled or (key.expires and key.expires <= state.now()):
        raise Refused(401, "User not found.")
    if key.limit is not None and key.usage >= key.limit:
        raise Refused(402, "This key has reached its limit")
    if prompt.model not in MODELS or not prompt.text or prompt.text == '""':
        raise Refused(400, "No model, or no question")
    model = MODELS[prompt.model]
    usage = prompt.usage(model)
    cost = model.cost(usage)
    key.usage, key.updated = key.usage + cost, state.now()
    state.calls.append(
        Call(
            at=state.now(),
            key_hash=key.hash,
            provider=model.provider,
            model=prompt.model,
            permaslug=model.model,
            cost=cost,
            read=usage.prompt,
            written=usage.output,
        )
    )
    return answer(prompt, usage, secrets.token_hex(6), int(state.now().timestamp()), "fake answer")


def _create(state: State, request: Request, body: Json) -> tuple[int, Json]:
    if not body.get("name"):
        raise Refused(400, "name is required")
    if body.get("workspace_id") not in (None, *WORKSPACES):
        raise Refused(404, "There is no such workspace")
    limit = body.get("limit")
    key = Key(
        secret=f"sk-or-v1-{secrets.token_hex(32)}",
        name=body["name"],
        limit=None if limit is None else Decimal(str(limit)),
        workspace=body.get("workspace_id"),
        created=state.now(),
        expires=_moment(body.get("expires_at")),
    )
    state.keys[key.hash] = key
    return 201, {"data": _view(state, key), "key": key.secret}


def _list(state: State, request: Request, body: Json) -> tuple[int, Json]:
    query = request.query_params
    workspace = query.get("workspace_id")
    if workspace not in (None, *WORKSPACES):
        raise Refused(404, "There is no such workspace")
    found = [
        key
        for key in sorted(state.keys.values(), key=lambda key: key.created, reverse=True)
        if (query.get("include_disabled") == "true" or not key.disabled)
        and key.workspace == workspace
    ]
    first = int(query.get("offset") or 0)
    return 200, {"data": [_view(state, key) for key in found[first : first + _A_PAGE]]}


def _update(state: State, request: Request, body: Json) -> tuple[int, Json]:
    key = _key(state, request)
    key.disabled = bool(body.get("disabled", key.disabled))
    key.updated = state.now()
    return 200, {"data": _view(state, key)}


def _delete(state: State, request: Request, body: Json) -> tuple[int, Json]:
    del state.keys[_key(state, request).hash]
    return 200, {"deleted": True}


def _activity(state: State, request: Request, body: Json) -> tuple[int, Json]:
    """Days that are over only, at most thirty back."""
    query, today = request.query_params, state.now().date()
    sums: dict[tuple[str, str], Json] = {}
    for call in state.calls:
        day = call.at.date()
        asked = query.get("api_key_hash") in (None, call.key_hash)
        if not asked or day >= today or day < today - _REMEMBERED:
            continue
        if query.get("date") not in (None, f"{day}"):
            continue
        row = sums.setdefault((f"{day}", call.model), _empty(f"{day}", call))
        row["usage"] += call.cost
        row["requests"] += 1
        row["prompt_tokens"] += call.read
        row["completion_tokens"] += call.written
    return 200, {"data": [{**row, "usage": float(row["usage"])} for row in sums.values()]}


def _empty(day: str, call: Call) -> Json:
    return {
        "date": day,
        "model": call.model,
        "model_permaslug": call.permaslug,
        "endpoint_id": "550e8400-e29b-41d4-a716-446655440000",
        "provider_name": call.provider,
        "usage": Decimal(0),
        "byok_usage_inference": 0,
        "requests": 0,
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "reasoning_tokens": 0,
    }


async def _models(request: Request) -> Response:
    return JSONResponse({"data": [{"id": name, "name": name} for name in MODELS]})


def _view(state: State, key: Key) -> Json:
    left = None if key.limit is None else max(key.limit - key.usage, Decimal(0))
    month = float(state.spent_this_month(key))
    return {
        "hash": key.hash,
        "name": key.name,
        "label": f"{key.secret[:12]}...{key.secret[-3:]}",
        "disabled": key.disabled,
        "limit": None if key.limit is None else float(key.limit),
        "limit_remaining": None if left is None else float(left),
        "limit_reset": None,
        "include_byok_in_limit": True,
        "usage": float(key.usage),
        "usage_daily": month,
        "usage_weekly": month,
        "usage_monthly": month,
        "byok_usage": 0,
        "byok_usage_daily": 0,
        "byok_usage_weekly": 0,
        "byok_usage_monthly": 0,
        "created_at": iso(key.created),
        "updated_at": iso(key.updated),
        "expires_at": iso(key.expires),
        "workspace_id": key.workspace,
    }


def _key(state: State, request: Request) -> Key:
    found = state.keys.get(request.path_params["hash"])
    if found is None:
        raise Refused(404, "API key not found")
    return found


def _fault(state: State, how: str, path: str) -> None:
    for (method, begin), told in list(state.faults.items()):
        if method == how and path.startswith(begin) and (found := told()):
            refusal = Refused(found[0], "")
            refusal.body = found[1]
            raise refusal


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _moment(text: object) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text).replace("Z", "+00:00"))


async def _refuse(request: Request, trouble: Exception) -> Response:
    if not isinstance(trouble, Refused):
        raise trouble
    return JSONResponse(trouble.body, status_code=trouble.status)


async def _nothing(request: Request, trouble: Exception) -> Response:
    return await _refuse(request, Refused(404, "Not Found"))
