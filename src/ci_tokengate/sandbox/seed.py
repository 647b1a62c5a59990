"""The teams, the user and the minting key of the examples. Running it again changes nothing."""

from __future__ import annotations

from decimal import Decimal

from ci_tokengate.sandbox.clock import milliseconds, next_reset
from ci_tokengate.sandbox.prices import MODELS
from ci_tokengate.sandbox.state import Key, State, Team, User, hashed

MINTER = "ci-minter"
PERMISSIONS = ["/key/generate", "/key/delete", "/key/info", "/key/list"]
ROUTES = [*PERMISSIONS, "/team/info", "/spend/logs", "/spend/logs/v2"]


def seed(state: State, minter_key: str) -> None:
    """payments-squad: plan 800, stopped at 150 % of it. search-squad: plan 200, stopped at 100 %. platform: no budget."""
    _team(state, "payments-squad", "ENGG-PAYMENTS", plan=800, soft=640, limit=1200)
    _team(state, "search-squad", "ENGG-SEARCH", plan=200, limit=200)
    _team(state, "platform", "ENGG-PLATFORM")
    now = milliseconds(state.now())
    state.users.setdefault(MINTER, User(user_id=MINTER, role="internal_user", created=now))
    for team in state.teams.values():
        team.members.setdefault(MINTER, "user")
        team.permissions = list(PERMISSIONS)
    token = hashed(minter_key)
    state.keys.setdefault(
        token,
        Key(
            token=token,
            name=f"sk-...{minter_key[-4:]}",
            alias=MINTER,
            created=now,
            created_by="default_user_id",
            user_id=MINTER,
            models=["no-default-models"],
            allowed_routes=list(ROUTES),
        ),
    )


def _team(
    state: State,
    name: str,
    cost_center: str,
    plan: int | None = None,
    soft: int | None = None,
    limit: int | None = None,
) -> None:
    if name in state.teams:
        return
    team = Team(team_id=name, alias=name, created=milliseconds(state.now()), models=list(MODELS))
    team.members["default_user_id"] = "admin"
    team.metadata = {"cost_center": cost_center}
    if plan is not None:
        team.metadata["tokengate"] = {"plan_usd": plan}
    if limit is not None:
        team.max_budget = Decimal(limit)
        team.budget_duration = "30d"
        team.reset_at = next_reset("30d", state.now())
    team.soft_budget = None if soft is None else Decimal(soft)
    state.teams[name] = team
