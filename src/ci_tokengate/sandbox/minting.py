"""`POST /key/generate`: who may mint what. Much is not checked, as in the real proxy: models, budgets, the team (for admins)."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from ci_tokengate.sandbox.auth import Caller
from ci_tokengate.sandbox.clock import lifetime, milliseconds
from ci_tokengate.sandbox.keyviews import minted_key
from ci_tokengate.sandbox.refusals import PREMIUM, PRICING, Refusal, error, invalid, wrapped
from ci_tokengate.sandbox.state import Ceilings, Json, Key, State, Team, hashed
from ci_tokengate.sandbox.web import Call, Reply

ROUTES_OF = {
    "llm_api": ["llm_api_routes"],
    "management": ["management_routes"],
    "read_only": ["info_routes"],
    "default": [],
}
_TEXTS = ("duration", "key_alias", "team_id", "user_id", "key", "budget_duration")
_DEFAULT_PERMISSIONS = ["/key/info", "/key/health"]


def generate(state: State, call: Call) -> Reply:
    body = dict(call.body)
    _validate(body)
    _check_rights(state, call.caller, body)
    _check_premium(body)
    if state.ceilings is not None:
        _apply_ceilings(state.ceilings, body)
    budget = _budget(body)
    life = None if body.get("duration") is None else lifetime(body["duration"])
    _check_alias(state, body.get("key_alias"))
    secret = _secret(state, body.get("key"))
    now = state.now()
    routes = body.get("allowed_routes") or ROUTES_OF[body.get("key_type") or "default"]
    caller = call.caller
    key = Key(
        token=hashed(secret),
        name=f"sk-...{secret[-4:]}",
        alias=body.get("key_alias"),
        created=milliseconds(now),
        created_by=caller.user_id,
        user_id=body.get("user_id") or (None if caller.admin else caller.user_id),
        team_id=body.get("team_id"),
        models=list(body.get("models") or []),
        aliases=dict(body.get("aliases") or {}),
        metadata=dict(body.get("metadata") or {}),
        max_budget=budget,
        budget_duration=body.get("budget_duration"),
        max_parallel_requests=body.get("max_parallel_requests"),
        allowed_routes=list(routes),
        key_type=body.get("key_type") or "default",
        expires=None if life is None else now + life,
    )
    state.keys.setdefault(key.token, key)
    return Reply(body=minted_key(key, secret))


def _validate(body: Json) -> None:
    for name in _TEXTS:
        if body.get(name) is not None and not isinstance(body[name], str):
            raise invalid("string_type", ("body", name), "Input should be a valid string")
    if body.get("models") is not None and not isinstance(body["models"], list):
        raise invalid("list_type", ("body", "models"), "Input should be a valid list")
    kind = body.get("key_type")
    if kind is not None and kind not in ROUTES_OF:
        raise invalid(
            "enum",
            ("body", "key_type"),
            "Input should be 'llm_api', 'management', 'read_only' or 'default'",
        )
    if isinstance(body.get("max_budget"), str):
        try:
            float(body["max_budget"])
        except ValueError:
            raise invalid(
                "float_parsing",
                ("body", "max_budget"),
                "Input should be a valid number, unable to parse string as a number",
            ) from None


def _check_rights(state: State, caller: Caller, body: Json) -> None:
    if not caller.admin and (
        body.get("allowed_routes") or body.get("key_type") in ("management", "read_only")
    ):
        raise wrapped(
            403,
            "Only proxy admins can set `allowed_routes` on a key. "
            "Use `key_type` to pick a preset route bucket instead.",
        )
    team_id = body.get("team_id")
    if team_id is not None:
        if not caller.admin:
            _check_member(state.teams.get(team_id), team_id, caller, body)
            _check_required(state.ceilings, body)
    elif not caller.admin and state.ceilings is not None and not state.ceilings.personal_keys:
        raise error(
            400,
            "Personal key creation has been restricted by admin. "
            f"Allowed roles=['proxy_admin']. Your role={caller.role}",
        )


def _check_member(team: Team | None, team_id: str, caller: Caller, body: Json) -> None:
    if team is None:
        raise no_team(team_id)
    asked = body.get("user_id", caller.user_id)
    if asked != caller.user_id or asked not in team.members:
        raise error(400, f"User={asked} not assigned to team={team_id}")
    if "/key/generate" not in team.permissions:
        shown = team.permissions or _DEFAULT_PERMISSIONS
        message = (
            "Team member does not have permissions for endpoint: KeyManagementRoutes.KEY_GENERATE. "
            f"You only have access to the following endpoints: {shown} for team {team_id}. "
            "To create keys for this team, please ask your proxy admin to check the team member permission "
            "settings and update the settings to allow team member users to create keys."
        )
        raise error(401, message, "team_member_permission_error", "/key/generate")


def no_team(team_id: str) -> Refusal:
    """Also what a minter is told while the database is down."""
    return error(
        400,
        f"Team not found for team_id={team_id}. "
        "Non-admin users cannot create keys for non-existent teams.",
    )


def _check_premium(body: Json) -> None:
    if body.get("tags") is not None:
        feature = "This feature is only available for LiteLLM Enterprise users: tags. "
        raise wrapped(403, f"{feature}{PREMIUM}\n{PRICING}")


def _check_required(ceilings: Ceilings | None, body: Json) -> None:
    for name in ceilings.required if ceilings else ():
        if name not in body:
            raise error(400, f"Required param {name} not in data")


def _apply_ceilings(ceilings: Ceilings, body: Json) -> None:
    """Over a ceiling is refused, what is left out becomes the ceiling."""
    for name in ("max_budget", "duration", "max_parallel_requests"):
        limit = getattr(ceilings, name)
        asked = body.get(name)
        if asked is None:
            body[name] = limit
        elif _size(asked) > _size(limit):
            shown = (float(asked), float(limit)) if name == "max_budget" else (asked, limit)
            raise wrapped(
                400,
                f"{name} is over max limit set in config - "
                f"user_value={shown[0]}; max_value={shown[1]}",
            )


def _size(value: Any) -> Decimal:
    return (
        Decimal(int(lifetime(value).total_seconds())) if isinstance(value, str) else Decimal(value)
    )


def _budget(body: Json) -> Decimal | None:
    if body.get("max_budget") is None:
        return None
    budget = float(body["max_budget"])
    if not math.isfinite(budget) or budget < 0:
        raise wrapped(400, f"max_budget must be a non-negative finite number. Received: {budget}")
    return Decimal(str(budget))


def _check_alias(state: State, alias: str | None) -> None:
    if alias is None:
        return
    if ".." in alias or any(ord(char) < 32 for char in alias):
        raise error(400, "Invalid key_alias", "bad_request_error", "key_alias")
    if any(key.alias == alias for key in state.keys.values()):
        message = (
            f"Key with alias '{alias}' already exists. "
            "Unique key aliases across all keys are required."
        )
        raise error(400, message, "bad_request_error", "key_alias")


def _secret(state: State, asked: str | None) -> str:
    if asked is None:
        return state.new_key()
    if not asked.startswith("sk-"):
        raise wrapped(
            400,
            "Invalid key format. LiteLLM Virtual Key must start with 'sk-'. Received: ****",
        )
    if len(asked) < 16:
        raise wrapped(
            400, "Invalid key format. LiteLLM Virtual Key must be at least 16 characters long."
        )
    return asked
