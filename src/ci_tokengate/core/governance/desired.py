"""What a team's budget at the proxy should be, so that the proxy is the circuit breaker behind the gate.

The proxy refuses at `max_budget`, so that has to be the hard stop and not the plan (DESIGN D3); its
`soft_budget` is where it begins to warn. An exemption raises `max_budget` while its window lasts:
what a team's budget should be follows from policy, exemptions and the time alone, so nothing has
to be remembered to be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ci_tokengate.core.governance.shares import (
    OWN,
    RAISED,
    RAISED_BY,
    amount_of,
    json_amount,
    noted,
    own_of,
    raised_at,
    shares_of,
    told,
    total,
)
from ci_tokengate.core.governance.team import (
    Desired,
    Difference,
    Shares,
    TeamChange,
    TeamRecord,
    Why,
)
from ci_tokengate.core.money import floor_micro, plain
from ci_tokengate.core.policy import Team, Tiers

PERIOD = "30d"
NO_SHARES: Shares = {}
_PLAN = "plan_usd"


def plan_in(record: TeamRecord) -> Decimal | None:
    """The plan (USD) that is written on the team at the proxy, if it is an amount."""
    return amount_of(own_of(record.metadata).get(_PLAN))


def desired_of(team: Team, tiers: Tiers, shares: Shares = NO_SHARES) -> Desired | None:
    """None for a team without a plan. `shares` are what exemptions add now.

    Budgets end at a millionth of a dollar: the proxy keeps a float, and says it back as it was sent.
    """
    if team.plan is None:
        return None
    raised = total(shares)
    most = floor_micro(team.plan * tiers.hard_stop / 100 + raised)
    return Desired(
        plan=team.plan,
        soft_budget=_below(floor_micro(team.plan * tiers.amber / 100), most),
        max_budget=most,
        raised=raised,
        shares=shares,
    )


def change_of(
    team: Team,
    tiers: Tiers,
    record: TeamRecord | None,
    shares: Shares = NO_SHARES,
) -> TeamChange:
    """What it takes to bring `record` to what policy and exemptions want."""
    desired = desired_of(team, tiers, shares)
    if desired is None:
        return TeamChange(team=team.name, team_id=team.id, record=record, why=Why.NO_PLAN)
    if record is None:
        return TeamChange(team=team.name, team_id=team.id, desired=desired, why=Why.NOT_THERE)
    return _to(desired, team.name, record, None if record.budget_duration else PERIOD)


def taken_back(name: str, record: TeamRecord, shares: Shares = NO_SHARES) -> TeamChange:
    """For a team without a plan of the policy's: what exemptions added goes but for `shares`, all else stays.

    A `max_budget` that somebody took away, or set below what was added, holds nothing of it any more.
    """
    kept, now = total(shares), record.max_budget
    gone = raised_at(record) - kept
    before = now if now is None or now < raised_at(record) else now - gone
    desired = Desired(
        plan=plan_in(record),
        soft_budget=_below(record.soft_budget, before),
        max_budget=before,
        raised=kept,
        shares=shares,
    )
    return _to(desired, name, record, period=None)


def _below(soft: Decimal | None, most: Decimal | None) -> Decimal | None:
    return None if soft is not None and most is not None and soft >= most else soft


def _to(desired: Desired, name: str, record: TeamRecord, period: str | None) -> TeamChange:
    own, there = own_of(record.metadata), shares_of(record)
    planned = _as_amount(own.get(_PLAN))
    pairs: tuple[tuple[str, Decimal | str | None, Decimal | str | None], ...] = (
        (f"metadata.{OWN}.{_PLAN}", planned, planned if desired.plan is None else desired.plan),
        ("soft_budget", record.soft_budget, desired.soft_budget),
        ("max_budget", record.max_budget, desired.max_budget),
        (f"metadata.{OWN}.{RAISED}", total(there), desired.raised),
    )
    if total(there) == desired.raised:  # another's, or for longer
        pairs += ((f"metadata.{OWN}.{RAISED_BY}", told(there), told(desired.shares)),)
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
    own = {n: v for n, v in own_of(metadata).items() if n not in (RAISED, RAISED_BY)}
    if desired.plan is not None:
        own[_PLAN] = json_amount(desired.plan)
    if desired.raised:
        own |= {RAISED: json_amount(desired.raised), RAISED_BY: noted(desired.shares)}
    return {**metadata, OWN: own}


def _as_amount(value: Any) -> Decimal | str | None:
    """What is there as an amount; as text where it is none, so that it differs."""
    found = amount_of(value)
    return str(value)[:40] if found is None and value is not None else found


def _text(value: Decimal | str | None) -> str | None:
    return plain(value) if isinstance(value, Decimal) else value
