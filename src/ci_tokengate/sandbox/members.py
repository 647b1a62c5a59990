"""A team's members, and what they may do."""

from __future__ import annotations

from ci_tokengate.sandbox.clock import milliseconds
from ci_tokengate.sandbox.refusals import PREMIUM, PRICING, detail, error, invalid
from ci_tokengate.sandbox.state import State, Team, User
from ci_tokengate.sandbox.teamviews import team_view
from ci_tokengate.sandbox.web import Call, Reply, needed


def add(state: State, call: Call) -> Reply:
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


def permit(state: State, call: Call) -> Reply:
    team = _existing(state, call)
    team.permissions = list(call.body.get("team_member_permissions") or [])
    return Reply(body=team_view(team))


def _existing(state: State, call: Call) -> Team:
    team_id = needed(call, "team_id")
    team = state.teams.get(team_id)
    if team is None:
        message = f"Team doesn't exist in db. Team={team_id}. Create team via `/team/new` call."
        raise detail(404, {"error": message})
    return team
