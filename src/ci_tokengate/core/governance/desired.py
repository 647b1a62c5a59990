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
from ci_tokengate.core.money import exact_sum, floor_micro, plain
from ci_tokengate.core.policy import Team, Tiers

OWN = "tokengate"
"""Our table in a team's metadata at the proxy; all other keys there are other people's."""
PERIOD = "30d"
_RAISED, _RAISED_FOR = "raised_usd", "raised_for"


def raised_at(record: TeamRecord) -> Decimal:
    """What exemptions have added to the team's `max_budget` (USD), by our mark in its metadata."""
    found = _as_amount(_own(record.metadata).get(_RAISED))
    return found if isinstance(found, Decimal) and found > 0 else Decimal(0)


def plan_in(record: TeamRecord) -> Decimal | None:
    """The plan (USD) that is written on the team at the proxy, if it is an amount."""
    found = _as_amount(_own(record.metadata).get("plan_usd"))
    return found if isinstance(found, Decimal) else None


def raised_for(record: TeamRecord) -> str:
    """The repository whose exemptions have raised the team, by the same mark; empty for none."""
    return str(_own(record.metadata).get(_RAISED_FOR) or "") if raised_at(record) else ""


def desired_of(
    team: Team, tiers: Tiers, extras: Iterable[Decimal] = (), owner: str = ""
) -> Desired | None:
    """None for a team without a plan. `extras` are USD of the exemptions in force now, `owner` theirs.

    Budgets end at a millionth of a dollar: the proxy keeps a float, and says it back as it was sent.
    """
    if team.plan is None:
        return None
    raised = exact_sum(extras)
    most = floor_micro(team.plan * tiers.hard_stop / 100 + raised)
    return Desired(
        plan=team.plan,
        soft_budget=_below(floor_micro(team.plan * tiers.amber / 100), most),
        max_budget=most,
        raised=raised,
        raised_for=owner if raised else "",
    )


def change_of(
    team: Team,
    tiers: Tiers,
    record: TeamRecord | None,
    extras: Iterable[Decimal] = (),
    owner: str = "",
) -> TeamChange:
    """What it takes to bring `record` to what policy and exemptions want."""
    desired = desired_of(team, tiers, extras, owner)
    if desired is None:
        return TeamChange(team=team.name, team_id=team.id, record=record, why=Why.NO_PLAN)
    if record is None:
        return TeamChange(team=team.name, team_id=team.id, desired=desired, why=Why.NOT_THERE)
    return _to(desired, team.name, record)


def taken_back(name: str, record: TeamRecord) -> TeamChange:
    """For a team without a plan of the policy's: what exemptions added goes, all else stays.

    A `max_budget` that somebody took away, or set below what was added, holds nothing of it any more.
    """
    raised, own, now = raised_at(record), _own(record.metadata), record.max_budget
    before = now if now is None or now < raised else now - raised
    plan = _as_amount(own.get("plan_usd"))
    desired = Desired(
        plan=plan if isinstance(plan, Decimal) else before or Decimal(0),
        soft_budget=_below(record.soft_budget, before),
        max_budget=before,
    )
    return _to(desired, name, record)


def _below(soft: Decimal | None, most: Decimal | None) -> Decimal | None:
    return None if soft is not None and most is not None and soft >= most else soft


def _to(desired: Desired, name: str, record: TeamRecord) -> TeamChange:
    period = None if record.budget_duration else PERIOD
    own = _own(record.metadata)
    pairs: tuple[tuple[str, Decimal | str | None, Decimal | str | None], ...] = (
        (f"metadata.{OWN}.plan_usd", _as_amount(own.get("plan_usd")), desired.plan),
        ("soft_budget", record.soft_budget, desired.soft_budget),
        ("max_budget", record.max_budget, desired.max_budget),
        (f"metadata.{OWN}.{_RAISED}", raised_at(record), desired.raised),
    )
    if desired.raised_for:
        noted = raised_for(record) or None
        pairs += ((f"metadata.{OWN}.{_RAISED_FOR}", noted, desired.raised_for),)
    found = [
        Difference(name=name, now=_text(now), wanted=_text(wanted))
        for name, now, wanted in pairs
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
    ours = {_RAISED} if desired.raised else {_RAISED, _RAISED_FOR}
    own = {name: value for name, value in _own(metadata).items() if name not in ours}
    raised: dict[str, Any] = {}
    if desired.raised:
        raised[_RAISED] = _json_amount(desired.raised)
    if desired.raised_for:
        raised[_RAISED_FOR] = desired.raised_for
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


def _text(value: Decimal | str | None) -> str | None:
    return plain(value) if isinstance(value, Decimal) else value


def _json_amount(amount: Decimal) -> int | str:
    """A whole number as one; anything else as text, which no parser turns into a float."""
    return int(amount) if amount == amount.to_integral_value() else plain(amount)
