"""`POST /key/generate`: a key, of what `mint_body` takes, for whom `mint_rights` lets."""

from __future__ import annotations

from ci_tokengate.sandbox.clock import lifetime, milliseconds
from ci_tokengate.sandbox.keyviews import minted_key
from ci_tokengate.sandbox.mint_body import (
    ROUTES_OF,
    apply_ceilings,
    budget_of,
    check_premium,
    validate,
)
from ci_tokengate.sandbox.mint_rights import check_rights
from ci_tokengate.sandbox.refusals import error, wrapped
from ci_tokengate.sandbox.state import Key, State, hashed
from ci_tokengate.sandbox.web import Call, Reply


def generate(state: State, call: Call) -> Reply:
    body = dict(call.body)
    validate(body)
    check_rights(state, call.caller, body)
    check_premium(body)
    if state.ceilings is not None:
        apply_ceilings(state.ceilings, body)
    budget = budget_of(body)
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
