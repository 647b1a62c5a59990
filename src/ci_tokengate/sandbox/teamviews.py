"""A team, as answers show it."""

from __future__ import annotations

from decimal import Decimal

from ci_tokengate.sandbox.clock import zulu
from ci_tokengate.sandbox.state import Json, Team


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
        "max_budget": _amount(team.max_budget),
        "soft_budget": _amount(team.soft_budget),
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


def _amount(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
