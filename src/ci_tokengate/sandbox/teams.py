"""Teams: made, changed, told, listed."""

from __future__ import annotations

import math

from ci_tokengate.sandbox.auth import may_read_team
from ci_tokengate.sandbox.clock import milliseconds
from ci_tokengate.sandbox.keyviews import listed_key
from ci_tokengate.sandbox.refusals import detail, error, wrapped
from ci_tokengate.sandbox.state import State, Team
from ci_tokengate.sandbox.team_settings import apply, check_budgets
from ci_tokengate.sandbox.teamviews import team_view
from ci_tokengate.sandbox.web import Call, Reply, needed, number


def new(state: State, call: Call) -> Reply:
    team_id = call.body.get("team_id") or state.new_id()
    if team_id in state.teams:
        raise wrapped(400, f"Team id = {team_id} already exists. Please use a different team id.")
    now = milliseconds(state.now())
    alias = call.body.get("team_alias")
    team = Team(team_id=team_id, alias=alias, created=now, members={"default_user_id": "admin"})
    check_budgets(team, call.body)
    apply(state, team, call.body)
    state.teams[team_id] = team
    return Reply(body=team_view(team))


def update(state: State, call: Call) -> Reply:
    """`metadata` is replaced, not merged; fields that do not exist are taken in silence."""
    team_id = needed(call, "team_id")
    team = state.teams.get(team_id)
    if team is None:
        raise wrapped(404, f"Team not found, passed team_id={team_id}")
    check_budgets(team, call.body)
    apply(state, team, call.body)
    return Reply(body={"team_id": team_id, "data": team_view(team)})


def info(state: State, call: Call) -> Reply:
    team_id = call.query.get("team_id")
    if team_id is None:
        message = str({"message": "Malformed request. No team id passed in."})
        raise error(422, message, "auth_error", "None")
    team = state.teams.get(team_id)
    if team is None:
        raise not_found(team_id)
    if not may_read_team(call.caller, team):
        message = f"User={call.caller.user_id} not authorized to access this team={team_id}"
        raise error(403, str({"error": message}), "auth_error", "None")
    keys = [key for key in reversed(state.keys.values()) if key.team_id == team_id]
    limit = number(call, "key_limit", len(keys) or 1, 1000)
    access = "unrestricted" if call.caller.admin else "none"
    return Reply(
        body={
            "team_id": team_id,
            "team_info": {**team_view(team), "caller_edit_access": {"kind": access}},
            "keys": [listed_key(key) for key in keys[:limit]],
            "team_memberships": [
                {"user_id": user, "team_id": team_id, "spend": 0.0} for user in team.members
            ],
        }
    )


def list_teams(state: State, call: Call) -> Reply:
    """All, the newest first, for whoever may see all."""
    if not call.caller.reads_all:
        said = "Only admin users can query all teams/other teams. Your user role="
        raise detail(401, {"error": f"{said}{call.caller.role}"})
    page, size = number(call, "page", 1, 10**9), number(call, "page_size", 10, 100)
    teams = sorted(state.teams.values(), key=lambda team: team.created, reverse=True)
    shown = teams[(page - 1) * size : page * size]
    return Reply(
        body={
            "teams": [
                {
                    **team_view(team),
                    "members_count": len(team.members),
                    "keys_count": sum(k.team_id == team.team_id for k in state.keys.values()),
                }
                for team in shown
            ],
            "total": len(teams),
            "page": page,
            "page_size": size,
            "total_pages": math.ceil(len(teams) / size),
        }
    )


def not_found(team_id: str) -> Exception:
    """Also what `/team/info` says while the database is down."""
    message = str({"message": f"Team not found, passed team id: {team_id}."})
    return error(404, message, "auth_error", "None")
