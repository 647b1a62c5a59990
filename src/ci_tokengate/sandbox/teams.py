"""Teams and their members; users."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from ci_tokengate.sandbox.auth import may_read_team
from ci_tokengate.sandbox.clock import milliseconds, next_reset, zulu
from ci_tokengate.sandbox.keyviews import listed_key
from ci_tokengate.sandbox.refusals import PREMIUM, PRICING, Refusal, detail, error, invalid, wrapped
from ci_tokengate.sandbox.state import Json, State, Team, User
from ci_tokengate.sandbox.web import Call, Reply, needed, number


def new(state: State, call: Call) -> Reply:
    team_id = call.body.get("team_id") or state.new_id()
    if team_id in state.teams:
        raise wrapped(400, f"Team id = {team_id} already exists. Please use a different team id.")
    now = milliseconds(state.now())
    alias = call.body.get("team_alias")
    team = Team(team_id=team_id, alias=alias, created=now, members={"default_user_id": "admin"})
    _check_budgets(team, call.body)
    _apply(state, team, call.body)
    state.teams[team_id] = team
    return Reply(body=team_view(team))


def update(state: State, call: Call) -> Reply:
    """`metadata` is replaced, not merged; fields that do not exist are taken in silence."""
    team_id = needed(call, "team_id")
    team = state.teams.get(team_id)
    if team is None:
        raise wrapped(404, f"Team not found, passed team_id={team_id}")
    _check_budgets(team, call.body)
    _apply(state, team, call.body)
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


def member_add(state: State, call: Call) -> Reply:
    team = _existing(state, call)
    member = call.body.get("member")
    if not isinstance(member, dict):
        raise invalid("missing", ("body", "member"), "Field required")
    user_id = str(member.get("user_id"))
    if member.get("role") == "admin":
        raise detail(
            400,
            {"error": f"Assigning team admins is a premium feature. {PREMIUM}\n{PRICING}"},
        )
    if user_id in team.members:
        existing = ", ".join(
            f"Member(user_id='{user}', user_email=None, role='{role}')"
            for user, role in team.members.items()
        )
        message = (
            f"User already in team. Member: user_id={user_id}, user_email=None. "
            f"Existing members=[{existing}]"
        )
        raise error(400, message, "team_member_already_in_team", "member")
    team.members[user_id] = "user"
    created = milliseconds(state.now())
    state.users.setdefault(
        user_id, User(user_id=user_id, role="internal_user_viewer", created=created)
    )
    return Reply(body=team_view(team))


def permissions_update(state: State, call: Call) -> Reply:
    team = _existing(state, call)
    team.permissions = list(call.body.get("team_member_permissions") or [])
    return Reply(body=team_view(team))


def new_user(state: State, call: Call) -> Reply:
    user_id = call.body.get("user_id") or state.new_id()
    if user_id in state.users:
        raise wrapped(409, f"User with id {user_id} already exists")
    role = call.body.get("user_role") or "internal_user"
    user = User(user_id=user_id, role=role, created=milliseconds(state.now()))
    state.users[user_id] = user
    return Reply(
        body={"user_id": user_id, "user_role": role, "key": "", "spend": 0.0, "teams": None}
    )


def list_users(state: State, call: Call) -> Reply:
    """For admins; that is how an admin key is recognised."""
    if not call.caller.reads_all:
        raise detail(403, {"error": "Only proxy admins and organization admins can list users."})
    page, size = number(call, "page", 1, 10**9), number(call, "page_size", 25, 100)
    users = list(reversed(state.users.values()))
    return Reply(
        body={
            "users": [_user_view(state, user) for user in users[(page - 1) * size : page * size]],
            "total": len(users),
            "page": page,
            "page_size": size,
            "total_pages": math.ceil(len(users) / size),
        }
    )


def _user_view(state: State, user: User) -> Json:
    return {
        "user_id": user.user_id,
        "user_role": user.role,
        "teams": [team.team_id for team in state.teams.values() if user.user_id in team.members],
        "spend": 0.0,
        "created_at": zulu(user.created),
        "key_count": sum(key.user_id == user.user_id for key in state.keys.values()),
    }


def _existing(state: State, call: Call) -> Team:
    team_id = needed(call, "team_id")
    team = state.teams.get(team_id)
    if team is None:
        message = f"Team doesn't exist in db. Team={team_id}. Create team via `/team/new` call."
        raise detail(404, {"error": message})
    return team


def _apply(state: State, team: Team, body: Json) -> None:
    if "models" in body:
        team.models = list(body["models"] or [])
    if "metadata" in body:
        team.metadata = dict(body["metadata"] or {})
    if "max_budget" in body:
        team.max_budget = _money(body["max_budget"])
    if "soft_budget" in body:
        team.soft_budget = _money(body["soft_budget"])
    if body.get("budget_duration"):
        team.budget_duration = body["budget_duration"]
        team.reset_at = next_reset(body["budget_duration"], state.now())


def _check_budgets(team: Team, body: Json) -> None:
    """What is not given, or null, is taken from what is there: so nothing lowers both with a null."""
    soft, most = _money(body.get("soft_budget")), _money(body.get("max_budget"))
    if soft is not None:
        bound = team.max_budget if most is None else most
        if bound is not None and soft >= bound:
            said = f"soft_budget ({float(soft)}) must be strictly lower than max_budget ({float(bound)})"
            raise _odd_budgets(said)
    elif most is not None and team.soft_budget is not None and most <= team.soft_budget:
        raise _odd_budgets(
            f"max_budget ({float(most)}) must be strictly greater than soft_budget "
            f"({float(team.soft_budget)})"
        )


def _odd_budgets(said: str) -> Refusal:
    return wrapped(400, said)


def _money(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def amount(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def team_view(team: Team) -> Json:
    return {
        "team_alias": team.alias,
        "team_id": team.team_id,
        "organization_id": None,
        "members_with_roles": [
            {"user_id": user, "user_email": None, "role": role}
            for user, role in team.members.items()
        ],
        "team_member_permissions": team.permissions,
        "metadata": team.metadata,
        "max_budget": amount(team.max_budget),
        "soft_budget": amount(team.soft_budget),
        "budget_duration": team.budget_duration,
        "budget_reset_at": zulu(team.reset_at, "seconds"),
        "models": team.models,
        "blocked": False,
        "spend": float(team.spend),
        "max_parallel_requests": None,
        "tpm_limit": None,
        "rpm_limit": None,
        "created_at": zulu(team.created),
    }
