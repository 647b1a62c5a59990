"""Who asks, and whether this route is for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ci_tokengate.sandbox.refusals import Refusal, detail, error, no_database
from ci_tokengate.sandbox.state import Key, State, Team, User, hashed

ADMIN_ROUTES = {
    "/team/new",
    "/team/update",
    "/team/member_add",
    "/team/permissions_update",
    "/user/new",
    "/key/block",
}
MANAGEMENT_ROUTES = ADMIN_ROUTES | {
    "/team/info",
    "/team/daily/activity",
    "/v2/team/list",
    "/v2/model/info",
    "/user/list",
    "/key/generate",
    "/key/info",
    "/key/list",
    "/key/delete",
    "/spend/logs",
    "/spend/logs/v2",
}


READER = "proxy_admin_viewer"
"""The role that reads all and changes nothing."""
_CHANGES = ADMIN_ROUTES | {"/key/generate", "/key/delete"}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The admin key (then `key` is None), or a key and its user."""

    key: Key | None
    user: User | None

    @property
    def admin(self) -> bool:
        return self.key is None

    @property
    def reads_all(self) -> bool:
        return self.admin or self.role == READER

    @property
    def user_id(self) -> str:
        return (self.key.user_id or "") if self.key else "default_user_id"

    @property
    def role(self) -> str:
        return "proxy_admin" if self.admin else self.user.role if self.user else "unknown"


def secret(headers: Mapping[str, str]) -> str:
    """The key as sent: bearer, or as Anthropic's and Google's clients send it."""
    bearer = headers.get("authorization", "").removeprefix("Bearer ")
    sent = bearer or headers.get("x-api-key", "") or headers.get("x-goog-api-key", "")
    if not sent:
        raise error(401, "Authentication Error, No api key passed in.", "auth_error", "None")
    if not sent.startswith("sk-"):
        message = "LiteLLM Virtual Key expected. Received=****, expected to start with 'sk-'."
        raise error(401, message, "auth_error", "None")
    return sent


def identify(state: State, sent: str) -> Caller:
    """The caller; while the database is down, only of a key that was used before."""
    if sent == state.admin_key:
        return Caller(key=None, user=None)
    token = hashed(sent)
    if not state.database_up and token not in state.seen:
        raise no_database()
    key = state.keys.get(token)
    if key is None:
        raise unknown_key(sent)
    state.seen.add(token)
    return Caller(key=key, user=state.users.get(key.user_id or ""))


def unknown_key(sent: str) -> Refusal:
    shown = f"sk-...{sent[-4:]}" if len(sent) > 12 else "sk-..."
    message = (
        f"Authentication Error, Invalid proxy server token passed. Received API Key = {shown}, "
        f"Key Hash (Token) ={hashed(sent)}. "
        "Unable to find token in cache or `LiteLLM_VerificationTokenTable`"
    )
    return error(401, message, "token_not_found_in_db", "key", "KeyNotFoundError")


def nobody(state: State, sent: str) -> Caller:
    """Whoever sends a key that is not there: all that is known of them is its hash."""
    key = Key(token=hashed(sent), name="", alias=None, created=state.now(), created_by="")
    return Caller(key=key, user=None)


def check_alive(state: State, key: Key) -> None:
    if key.blocked:
        message = (
            "Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin."
        )
        raise error(401, message, "auth_error", "None", "Exception")
    now = state.now()
    if key.expires is not None and key.expires <= now:
        message = (
            f"Authentication Error - Expired Key. Key Expiry time {key.expires} "
            f"and current time {now}"
        )
        raise error(401, message, "expired_key", key.name)


def check_route(caller: Caller, path: str) -> None:
    key = caller.key
    if key is None:
        return
    allowed = key.allowed_routes
    group = "management_routes" if path in MANAGEMENT_ROUTES else "llm_api_routes"
    if allowed and path not in allowed and group not in allowed:
        raise detail(
            403,
            "Virtual key is not allowed to call this route. "
            f"Only allowed to call routes: {allowed}. Tried to call route: {path}",
        )
    if caller.role == READER and path in _CHANGES:
        message = f"user not allowed to access this route, role= {READER}. Trying to access: {path}"
        raise error(403, message, "auth_error", "None")
    if path in ADMIN_ROUTES:
        user = caller.user_id
        masked = user[:6] + "*" + user[-2:] if len(user) > 8 else user
        message = (
            "Authentication Error, Only proxy admin can be used to generate, delete, update info "
            f"for new keys/users/teams. Route={path}. Your role={caller.role}. Your user_id={masked}"
        )
        raise error(401, message, "auth_error", "None")


def may_read_team(caller: Caller, team: Team) -> bool:
    own = caller.key is not None and caller.key.team_id == team.team_id
    return caller.reads_all or own or caller.user_id in team.members
