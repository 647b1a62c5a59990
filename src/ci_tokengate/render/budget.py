"""What `budget plan` would change, and what `budget apply` did."""

from __future__ import annotations

from typing import Any

from ci_tokengate.core.governance.team import Applied, BudgetPlan, Difference, TeamChange, Why
from ci_tokengate.core.money import plain
from ci_tokengate.render.data import printable
from ci_tokengate.render.money import usd
from ci_tokengate.render.words import count

_MOST = 10


def plan_lines(found: BudgetPlan, by: str = "budget apply") -> list[str]:
    """`by` is the command that does it."""
    told = [line for change in found.changes for line in _team(change)]
    if found.strangers:
        names = ", ".join(printable(r.alias or r.id) for r in found.strangers[:_MOST])
        more = len(found.strangers) - _MOST
        rest = f" and {more} more" if more > 0 else ""
        told.append(f"· not in the policy, and left as they are: {names}{rest}")
    todo = sum(bool(change.differences) for change in found.changes)
    if not found.changes:
        return ["The policy names no team."]
    return [*told, "", _closing(found, todo, by)]


def applied_line(applied: Applied) -> str:
    change = applied.change
    if applied.trouble:
        return f"✖ {printable(change.team)}: {applied.trouble.message}"
    told = ", ".join(_difference(d) for d in change.differences)
    return f"✔ {printable(change.team)}: {told}"


def plan_json(found: BudgetPlan) -> dict[str, Any]:
    return {
        "differs": found.differs,
        "teams": [change_json(change) for change in found.changes],
        "not_in_policy": [r.id for r in found.strangers],
    }


def change_json(change: TeamChange) -> dict[str, Any]:
    return {
        "team": change.team,
        "team_id": change.team_id,
        "reason": change.why.value if change.why else None,
        "raised_usd": plain(change.desired.raised) if change.desired else None,
        "differences": [
            {"name": d.name, "now": d.now, "wanted": d.wanted} for d in change.differences
        ],
    }


def applied_json(applied: Applied) -> dict[str, Any]:
    trouble = applied.trouble
    return {
        **change_json(applied.change),
        "applied": trouble is None,
        "error": trouble.message if trouble else None,
    }


def _team(change: TeamChange) -> list[str]:
    name = printable(change.team)
    if change.why is Why.NO_PLAN:
        return [f"· {name}: {change.why.value}; its budget at the proxy is left as it is"]
    if change.why is Why.NOT_THERE:
        return [f"? {name}: {change.why.value} ({printable(change.team_id)})"]
    exempted = _exempted(change)
    if not change.differences:
        return [f"✔ {name}: as it should be{exempted}"]
    width = max(len(d.name) for d in change.differences)
    shown = (
        f"    {d.name:{width}}  {_shown(d.now)} → {_shown(d.wanted)}" for d in change.differences
    )
    return [f"~ {name}{exempted}", *shown]


def _exempted(change: TeamChange) -> str:
    raised = change.desired.raised if change.desired else None
    return f" (an exemption adds {usd(raised)} now)" if raised else ""


def _closing(found: BudgetPlan, todo: int, by: str) -> str:
    unknown = sum(change.why is Why.NOT_THERE for change in found.changes)
    lacking = f" {count(unknown, 'team')} of the policy the proxy does not know." if unknown else ""
    if not todo:
        return f"Nothing to change.{lacking}"
    return f"{count(todo, 'team')} to change: `ci-tokengate {by}` does it.{lacking}"


def _difference(difference: Difference) -> str:
    return f"{difference.name} {_shown(difference.now)} → {_shown(difference.wanted)}"


def _shown(value: str | None) -> str:
    return "unset" if value is None else printable(value)
