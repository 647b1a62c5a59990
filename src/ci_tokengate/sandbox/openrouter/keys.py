"""Management of keys."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal

from starlette.requests import Request

from ci_tokengate.sandbox.openrouter.refused import Refused
from ci_tokengate.sandbox.openrouter.state import (
    DEFAULT_WORKSPACE,
    WORKSPACES,
    Json,
    Key,
    State,
    iso,
)

MOST = 100
"""Keys on a page."""


def create(state: State, request: Request, body: Json) -> tuple[int, Json]:
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
    return 201, {"data": view(state, key), "key": key.secret}


def listing(state: State, request: Request, body: Json) -> tuple[int, Json]:
    query = request.query_params
    workspace = query.get("workspace_id")
    if workspace == DEFAULT_WORKSPACE:
        workspace = None
    if workspace not in (None, *WORKSPACES):
        raise Refused(404, "There is no such workspace")
    found = [
        key
        for key in sorted(state.keys.values(), key=lambda key: key.created, reverse=True)
        if (query.get("include_disabled") == "true" or not key.disabled)
        and key.workspace == workspace
    ]
    first = int(query.get("offset") or 0)
    return 200, {"data": [view(state, key) for key in found[first : first + MOST]]}


def workspaces(state: State, request: Request, body: Json) -> tuple[int, Json]:
    first = int(request.query_params.get("offset") or 0)
    size = int(request.query_params.get("limit") or 50)
    every = [{"id": DEFAULT_WORKSPACE, "slug": "default", "name": "Default"}]
    every += [{"id": one, "slug": f"ws-{n}", "name": f"Ws {n}"} for n, one in enumerate(WORKSPACES)]
    return 200, {"data": every[first : first + size], "total_count": len(every)}


def update(state: State, request: Request, body: Json) -> tuple[int, Json]:
    key = _key(state, request)
    key.disabled = bool(body.get("disabled", key.disabled))
    key.updated = state.now()
    return 200, {"data": view(state, key)}


def delete(state: State, request: Request, body: Json) -> tuple[int, Json]:
    del state.keys[_key(state, request).hash]
    return 200, {"deleted": True}


def view(state: State, key: Key) -> Json:
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


def one(state: State, request: Request, body: Json) -> tuple[int, Json]:
    return 200, {"data": view(state, _key(state, request))}


def _moment(text: object) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text).replace("Z", "+00:00"))
