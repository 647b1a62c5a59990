"""What a team's budget at the proxy should be, so that the proxy is the circuit breaker behind the gate.

The proxy refuses at `max_budget`, so that has to be the hard stop and not the plan (DESIGN D3); its
`soft_budget` is where it begins to warn. An exemption raises `max_budget` while its window lasts:
what a team's budget should be follows from policy, exemptions and the time alone, so nothing has
to be remembered to be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ci_tokengate.core.governance.team import Desired, Difference, TeamChange, TeamRecord, Why
from ci_tokengate.core.money import exact_sum
from ci_tokengate.core.policy import Team, Tiers

OWN = "tokengate"
"""Our table in a team's metadata at the proxy; all other keys there are other people's."""
PERIOD = "30d"
_RAISED = "raised_usd"


def raised_at(record: TeamRecord) -> Decimal:
    """What exemptions have added to the team's `max_budget` (USD), by our mark in its metadata."""
    found = _as_amount(_own(record.metadata).get(_RAISED))
    return found if isinstance(found, Decimal) and found > 0 else Decimal(0)


def plan_at(metadata: Mapping[str, Any]) -> Decimal | None:
    """The plan (USD) that a team's metadata at the proxy names."""
    found = _as_amount(_own(metadata).get("plan_usd"))
    return found if isinstance(found, Decimal) else None


def desired_of(team: Team, tiers: Tiers, extras: Iterable[Decimal] = ()) -> Desired | None:
    """None for a team without a plan. `extras` are USD of the exemptions in force now."""
    if team.plan is None:
        return None
    raised = exact_sum(extras)
    return Desired(
        plan=team.plan,
        soft_budget=team.plan * tiers.amber / 100,
        max_budget=team.plan * tiers.hard_stop / 100 + raised,
        raised=raised,
    )


def change_of(
    team: Team, tiers: Tiers, record: TeamRecord | None, extras: Iterable[Decimal] = ()
) -> TeamChange:
    """What it takes to bring `record` to what policy and exemptions want."""
    desired = desired_of(team, tiers, extras)
    if desired is None:
        return TeamChange(team=team.name, team_id=team.id, record=record, why=Why.NO_PLAN)
    if record is None:
        return TeamChange(team=team.name, team_id=team.id, desired=desired, why=Why.NOT_THERE)
    return _to(desired, team.name, record)


def taken_back(name: str, record: TeamRecord) -> TeamChange:
    """For a team without a plan of the policy's: what exemptions added goes, all else stays."""
    raised, own = raised_at(record), _own(record.metadata)
    before = (record.max_budget or raised) - raised
    plan = _as_amount(own.get("plan_usd"))
    desired = Desired(
        plan=plan if isinstance(plan, Decimal) else before,
        soft_budget=before if record.soft_budget is None else record.soft_budget,
        max_budget=before,
    )
    return _to(desired, name, record)


def _to(desired: Desired, name: str, record: TeamRecord) -> TeamChange:
    period = None if record.budget_duration else PERIOD
    own = _own(record.metadata)
    pairs = (
        (f"metadata.{OWN}.plan_usd", _as_amount(own.get("plan_usd")), desired.plan),
        ("soft_budget", record.soft_budget, desired.soft_budget),
        ("max_budget", record.max_budget, desired.max_budget),
        (f"metadata.{OWN}.{_RAISED}", raised_at(record), desired.raised),
    )
    found = [
        Difference(name=n, now=None if now is None else _text(now), wanted=_text(wanted))
        for n, now, wanted in pairs
        if now != wanted
    ]
    if period:
        found.append(Difference(name="budget_duration", now=None, wanted=period))
    return TeamChange(
        team=name,
        team_id=record.id,
        record=record,
        desired=desired,
        differences=tuple(found),
        period=period,
    )


def merged_metadata(metadata: Mapping[str, Any], desired: Desired) -> dict[str, Any]:
    """All that others wrote, and our plan: the proxy replaces a team's metadata whole."""
    own = {name: value for name, value in _own(metadata).items() if name != _RAISED}
    raised = {_RAISED: _json_amount(desired.raised)} if desired.raised else {}
    return {**metadata, OWN: {**own, "plan_usd": _json_amount(desired.plan), **raised}}


def _own(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    own = metadata.get(OWN)
    return own if isinstance(own, Mapping) else {}


def _as_amount(value: Any) -> Decimal | str | None:
    """What is there as an amount; as text where it is none, so that it differs."""
    if value is None:
        return None
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        return str(value)[:40]
    return found if found.is_finite() else str(value)[:40]


def _text(value: Decimal | str) -> str:
    if isinstance(value, str):
        return value
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _json_amount(amount: Decimal) -> int | str:
    """A whole number as one; anything else as text, which no parser turns into a float."""
    return int(amount) if amount == amount.to_integral_value() else _text(amount)
