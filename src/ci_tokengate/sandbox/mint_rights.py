"""Who may mint, and for which team. Of models and budgets the real proxy checks nothing here."""

from __future__ import annotations

from ci_tokengate.sandbox.auth import Caller
from ci_tokengate.sandbox.refusals import Refusal, error, wrapped
from ci_tokengate.sandbox.state import Ceilings, Json, State, Team

_DEFAULT_PERMISSIONS = ["/key/info", "/key/health"]


def check_rights(state: State, caller: Caller, body: Json) -> None:
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


def _check_required(ceilings: Ceilings | None, body: Json) -> None:
    for name in ceilings.required if ceilings else ():
        if name not in body:
            raise error(400, f"Required param {name} not in data")
