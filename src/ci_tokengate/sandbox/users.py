"""Users."""

from __future__ import annotations

import math

from ci_tokengate.sandbox.clock import milliseconds, zulu
from ci_tokengate.sandbox.refusals import detail, wrapped
from ci_tokengate.sandbox.state import Json, State, User
from ci_tokengate.sandbox.web import Call, Reply, number


def new(state: State, call: Call) -> Reply:
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
