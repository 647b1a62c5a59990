"""Keys after minting: `/key/info`, `/key/list`, `/key/delete`, `/key/block`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ci_tokengate.sandbox.auth import Caller
from ci_tokengate.sandbox.clock import milliseconds
from ci_tokengate.sandbox.keyviews import described_key, listed_key, status
from ci_tokengate.sandbox.refusals import error, invalid, wrapped
from ci_tokengate.sandbox.state import Key, State
from ci_tokengate.sandbox.web import Call, Reply, needed, number

_STATUSES = ("active", "expired", "revoked", "deleted")
_SORTABLE: dict[str, Callable[[Key], Any]] = {
    "spend": lambda key: key.spend,
    "max_budget": lambda key: (key.max_budget is None, key.max_budget),
    "created_at": lambda key: key.created,
    "updated_at": lambda key: key.created,
    "token": lambda key: key.token,
    "key_alias": lambda key: key.alias or "",
}


def info(state: State, call: Call) -> Reply:
    """Without `key`, of the asking key. The admin key is in no table."""
    own = call.caller.key
    asked = call.query.get("key") or (own.token if own else "")
    key = state.find(asked) or state.find_deleted(asked)
    if key is None:
        raise error(404, "Key not found in database", "not_found_error", "key")
    if not _may_read(state, call.caller, key):
        role = call.caller.role
        raise error(403, f"You are not allowed to access this key's info. Your role={role}")
    return Reply(body={"key": asked, "info": described_key(key, state.now())})


def _may_read(state: State, caller: Caller, key: Key) -> bool:
    if caller.reads_all or key is caller.key or (key.user_id and key.user_id == caller.user_id):
        return True
    team = state.teams.get(key.team_id or "")
    return team is not None and caller.user_id in team.members and "/key/info" in team.permissions


def list_keys(state: State, call: Call) -> Reply:
    """A user sees their own keys, the admin all; newest first unless told otherwise."""
    page, size = number(call, "page", 1, 10**9), number(call, "size", 10, 100)
    _check_listing(state, call)
    wanted = call.query.get("status")
    source = state.deleted if wanted == "deleted" else state.keys
    descending = call.query.get("sort_order", "desc").lower() == "desc"
    keys = sorted(source.values(), key=_SORTABLE[call.query.get("sort_by", "created_at")])
    found = [key for key in keys if _listed(state, call, key)][:: -1 if descending else 1]
    full = call.query.get("return_full_object", "").lower() == "true"
    shown = found[(page - 1) * size : page * size]
    return Reply(
        body={
            "keys": [listed_key(key) if full else key.token for key in shown],
            "total_count": len(found),
            "current_page": page,
            "total_pages": math.ceil(len(found) / size),
        }
    )


def _check_listing(state: State, call: Call) -> None:
    if call.query.get("status", "active") not in _STATUSES:
        message = "Invalid status value. Supported: 'active', 'expired', 'revoked', 'deleted'."
        raise error(400, str({"error": message}), param="None")
    if call.query.get("sort_by", "created_at") not in _SORTABLE:
        wanted = f"Invalid sort column. Must be one of: {', '.join(_SORTABLE)}"
        raise error(400, str({"error": wanted}), param="None")
    if call.query.get("sort_order", "desc").lower() not in ("asc", "desc"):
        wanted = "Invalid sort order. Must be 'asc' or 'desc'"
        raise error(400, str({"error": wanted}), param="None")
    team_id = call.query.get("team_id")
    if team_id is None or call.caller.reads_all:
        return
    team = state.teams.get(team_id)
    if team is None or call.caller.user_id not in team.members:
        message = "You are not authorized to check this team's keys"
        raise error(403, message, "bad_request_error", "team_id")


def _listed(state: State, call: Call, key: Key) -> bool:
    query = call.query
    wanted = query.get("status", status(key, state.now()))
    return (
        (call.caller.reads_all or key.user_id == call.caller.user_id)
        and query.get("team_id", key.team_id) == key.team_id
        and wanted == status(key, state.now())
        and _alias_fits(call, key.alias or "")
    )


def _alias_fits(call: Call, alias: str) -> bool:
    """The part of an alias is looked for without regard to case."""
    wanted = call.query.get("key_alias")
    if wanted is None:
        return True
    if call.query.get("substring_matching", "").lower() == "true":
        return wanted.lower() in alias.lower()
    return wanted == alias


def delete(state: State, call: Call) -> Reply:
    """All or nothing; unknown keys among known ones are echoed as deleted."""
    asked = call.body.get("keys") or call.body.get("key_aliases")
    if not asked:
        raise invalid(
            "value_error",
            ("body",),
            "Value error, At least one of 'keys' or 'key_aliases' must be provided.",
        )
    if call.body.get("keys"):
        found = [key for key in map(state.find, asked) if key is not None]
    else:
        found = [key for key in state.keys.values() if key.alias in asked]
    if not found:
        raise wrapped(404, "No keys found")
    if not all(_may_delete(call.caller, key) for key in found):
        raise wrapped(403, "You are not authorized to delete this key")
    for key in found:
        state.deleted[key.token] = state.keys.pop(key.token)
        state.seen.discard(key.token)
        key.deleted_at = milliseconds(state.now())
        key.deleted_by = call.caller.user_id
    return Reply(body={"deleted_keys": asked})


def _may_delete(caller: Caller, key: Key) -> bool:
    return caller.admin or (key.user_id is not None and key.user_id == caller.user_id)


def block(state: State, call: Call) -> Reply:
    key = state.find(needed(call, "key"))
    if key is None:
        raise error(404, "Key not found.", "not_found_error", "key")
    key.blocked = True
    return Reply(body=listed_key(key))
