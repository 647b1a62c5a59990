"""May this key make this call? In the order in which the proxy asks."""

from __future__ import annotations

from datetime import timedelta

from ci_tokengate.sandbox.auth import Caller, check_alive, check_route
from ci_tokengate.sandbox.prices import MODELS, Model
from ci_tokengate.sandbox.refusals import Refusal, error
from ci_tokengate.sandbox.state import Key, State, Team

EVERYTHING = {"all-team-models", "all-proxy-models"}


def route(caller: Caller, asked: str) -> str:
    """The key's own aliases, before anything else."""
    return caller.key.aliases.get(asked, asked) if caller.key else asked


def granted(state: State, key: Key) -> list[str]:
    """The models of a key: its list, else its team's, else all."""
    if key.models and not EVERYTHING & set(key.models):
        return key.models
    team = state.teams.get(key.team_id or "")
    return list(team.models) if team is not None and team.models else list(MODELS)


def admit(state: State, caller: Caller, path: str, asked: str) -> None:
    key = caller.key
    if key is None:
        return
    target = route(caller, asked)
    if key.models and not EVERYTHING & set(key.models) and target not in key.models:
        raise _no_access(asked, "key_model_access_denied")
    check_alive(state, key)
    check_route(caller, path)
    check_key_budget(key)
    _check_team(state, key, asked, target)


def check_key_budget(key: Key) -> None:
    if key.max_budget is not None and key.counted >= key.max_budget:
        who = f"Key={key.alias or key.name} ({key.name})" if key.alias else f"Key={key.name}"
        raise _exceeded(who, float(key.counted), float(key.max_budget))


def _check_team(state: State, key: Key, asked: str, target: str) -> None:
    if key.team_id is None:
        return
    team = state.teams.get(key.team_id)
    if team is None:
        message = f"Team doesn't exist in db. Team={key.team_id}. Create team via `/team/new` call."
        raise error(404, str({"error": message}), "auth_error", "None", "TeamNotFoundError")
    if team.models and target not in team.models:
        raise _no_access(asked, "team_model_access_denied")
    _check_team_budget(team)


def _check_team_budget(team: Team) -> None:
    """Spent means past its budget; a key is spent when it reaches it."""
    if team.max_budget is not None and team.counted > team.max_budget:
        raise _exceeded(f"Team={team.team_id}", float(team.counted), float(team.max_budget))


def too_many(state: State, caller: Caller) -> str | None:
    """The text of the 429, when the key has as many calls in flight as it may."""
    key = caller.key
    if key is None or key.max_parallel_requests is None:
        return None
    if key.in_flight < key.max_parallel_requests:
        return None
    until = state.now() + timedelta(minutes=1)
    return (
        f"Rate limit exceeded for api_key: {key.token}. Limit type: max_parallel_requests. "
        f"Current limit: {key.max_parallel_requests}, Remaining: 0. "
        f"Limit resets at: {until:%Y-%m-%d %H:%M:%S} UTC"
    )


def known(asked: str) -> Model | None:
    return MODELS.get(asked)


def _no_access(asked: str, kind: str) -> Refusal:
    message = (
        f"The requested model '{asked}' is not available for this API key, or the model name is invalid. "
        "Check the models available to you and try again."
    )
    return error(403, message, kind, "model", "ModelAccessDeniedProxyException")


def _exceeded(who: str, spent: float, budget: float) -> Refusal:
    message = f"Budget has been exceeded! {who} Current cost: {spent}, Max budget: {budget}"
    return error(422, message, "budget_exceeded", None, "BudgetExceededError")
