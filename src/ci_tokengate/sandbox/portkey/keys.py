"""The admin API's keys and workspaces."""

from __future__ import annotations

import secrets
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from ci_tokengate.sandbox.portkey.refusals import refused
from ci_tokengate.sandbox.portkey.state import Json, Key, State, Workspace, new_id

MOST = 1000
"""Rows on a page, whatever is asked for: the description does not say."""
SCOPES = (
    "workspace_service_api_keys.create",
    "workspace_service_api_keys.read",
    "workspace_service_api_keys.list",
    "workspace_service_api_keys.delete",
    "analytics.view",
    "workspaces.read",
    "workspaces.list",
)


def create(state: State, caller: Key, body: Json) -> Json:
    """The rules that the description has: a name, scopes, whole dollars from one on, an end in the future."""
    slug = caller.workspace or str(body.get("workspace_id") or "")
    if not body.get("name") or not body.get("scopes") or slug not in state.workspaces:
        raise refused(400, "name, scopes and a known workspace_id are required")
    limits = body.get("usage_limits")
    if limits is not None:
        limit = limits.get("credit_limit")
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise refused(400, '"usage_limits.credit_limit" must be an integer of 1 or more')
    config = (body.get("defaults") or {}).get("config_id")
    if config is not None and config not in state.configs:
        raise refused(400, f"there is no config {config}")
    body = {name: said for name, said in body.items() if name not in state.dropped} | state.instead
    expires = _moment(body.get("expires_at"))
    if expires is not None and expires <= state.now():
        raise refused(400, '"expires_at" must be in the future')
    if state.max_ttl and (expires is None or expires > state.now() + state.max_ttl):
        raise refused(400, '"expires_at" exceeds the maximum TTL of API keys')
    key = Key(
        id=new_id(),
        secret=f"pk-{secrets.token_urlsafe(18)}",
        body=body,
        workspace=slug,
        created=state.now(),
        expires=expires,
    )
    state.keys[key.id] = key
    return {"id": key.id, "key": key.secret, "object": "api-key"}


def listing(state: State, caller: Key, query: dict[str, str]) -> Json:
    wanted = caller.workspace or query.get("workspace_id", "")
    found = [key for key in state.keys.values() if wanted in ("", key.workspace)]
    return page(sorted(found, key=lambda key: key.created, reverse=True), query, view)


def page(found: list[Any], query: dict[str, str], shown: Any) -> Json:
    """`current_page` begins at 0; without a size, all are given."""
    size = min(int(query.get("page_size") or 0) or len(found) or 1, MOST)
    first = int(query.get("current_page") or 0) * size
    data = [shown(one) for one in found[first : first + size]]
    return {"object": "list", "total": len(found), "data": data}


def view(key: Key) -> Json:
    kept = ("name", "description", "scopes", "usage_limits", "rate_limits", "defaults")
    return {
        "id": key.id,
        "key": f"{key.secret[:4]}*****{key.secret[-2:]}",
        "type": "workspace-service" if key.workspace else "organisation-service",
        "workspace_id": key.workspace,
        "status": "exhausted" if key.exhausted else "active",
        "created_at": iso(key.created),
        "last_updated_at": iso(key.created),
        **{name: key.body[name] for name in kept if name in key.body},
        **({"expires_at": iso(key.expires)} if key.expires else {}),
        "object": "api-key",
    }


def workspace_view(found: Workspace) -> Json:
    return {
        "id": found.slug,
        "slug": found.slug,
        "name": found.name,
        "usage_limits": found.limits,
        "object": "workspace",
    }


def limit_of(found: Workspace) -> Decimal | None:
    costs = [Decimal(each["credit_limit"]) for each in found.limits if each["type"] == "cost"]
    return min(costs, default=None)


def iso(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(text: object) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise refused(400, '"expires_at" must be an ISO date') from None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
