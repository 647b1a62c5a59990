"""What the proxy says while its database is down. Hardly ever that it is: ask `/health/readiness`."""

from __future__ import annotations

from ci_tokengate.sandbox.mint_rights import no_team
from ci_tokengate.sandbox.refusals import error, no_database
from ci_tokengate.sandbox.teams import not_found
from ci_tokengate.sandbox.web import Call

_UNREACHABLE = "All connection attempts failed"


def answer(call: Call) -> Exception | None:
    """The refusal for a management call; None where the proxy does without its database."""
    if call.path in ("/v1/models", "/models", "/model_group/info"):
        return None
    if call.path == "/team/info":
        return not_found(call.query.get("team_id", ""))
    if call.path == "/key/generate" and not call.caller.admin and call.body.get("team_id"):
        return no_team(call.body["team_id"])
    if call.path == "/key/list":
        return error(500, f"Authentication Error, {_UNREACHABLE}", param="None")
    if call.path == "/spend/logs":
        return error(500, f"/spend/logs Error{_UNREACHABLE}", "internal_error", "None")
    if call.path == "/user/list":
        return no_database()
    return error(500, _UNREACHABLE)
