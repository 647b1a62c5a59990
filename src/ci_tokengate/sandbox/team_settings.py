"""What `/team/new` and `/team/update` take, and which budgets go together."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ci_tokengate.sandbox.clock import next_reset
from ci_tokengate.sandbox.refusals import wrapped
from ci_tokengate.sandbox.state import Json, State, Team


def apply(state: State, team: Team, body: Json) -> None:
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


def check_budgets(team: Team, body: Json) -> None:
    """What is not given, or null, is taken from what is there: so nothing lowers both with a null."""
    soft, most = _money(body.get("soft_budget")), _money(body.get("max_budget"))
    if soft is not None:
        bound = team.max_budget if most is None else most
        if bound is not None and soft >= bound:
            said = f"soft_budget ({float(soft)}) must be strictly lower than max_budget ({float(bound)})"
            raise wrapped(400, said)
    elif most is not None and team.soft_budget is not None and most <= team.soft_budget:
        raise wrapped(
            400,
            f"max_budget ({float(most)}) must be strictly greater than soft_budget "
            f"({float(team.soft_budget)})",
        )


def _money(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
