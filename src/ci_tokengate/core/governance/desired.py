"""What a team's budget at the proxy should be, so that the proxy is the circuit breaker behind the gate.

The proxy refuses at `max_budget`, so that has to be the hard stop and not the plan (DESIGN D3); its
`soft_budget` is where it begins to warn. An exemption raises `max_budget` while its window lasts:
what a team's budget should be follows from policy, exemptions and the time alone, so nothing has
to be remembered to be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from ci_tokengate.core.money import exact_sum
from ci_tokengate.core.policy import Team, Tiers
from ci_tokengate.errors import TokengateError

OWN = "tokengate"
"""Our table in a team's metadata at the proxy; all other keys there are other people's."""
PERIOD = "30d"


@dataclass(frozen=True, kw_only=True)
class TeamRecord:
    """A team as the proxy has it. USD; `metadata` is whole, with what others wrote in it."""

    id: str
    alias: str
    spend: Decimal | None
    max_budget: Decimal | None
    soft_budget: Decimal | None
    budget_duration: str | None
    resets_at: datetime | None
    metadata: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Desired:
    """USD. `raised` is what of `max_budget` exemptions add at the moment."""

    plan: Decimal
    soft_budget: Decimal
    max_budget: Decimal
    raised: Decimal = Decimal(0)


class Why(Enum):
    """Why a team is left as it is."""

    NO_PLAN = "the policy gives it no plan"
    NOT_THERE = "the proxy knows no such team"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One setting: as it is and as it should be, both as text that JSON would have; None for unset."""

    name: str
    now: str | None
    wanted: str


@dataclass(frozen=True, kw_only=True)
class TeamChange:
    """What would change at one team. Nothing to do where there are no differences.

    `why` is set where nothing can be said. `period`: the budget period to set where none is, since
    a budget without one is never renewed.
    """

    team: str
    team_id: str
    record: TeamRecord | None = None
    desired: Desired | None = None
    differences: tuple[Difference, ...] = ()
    period: str | None = None
    why: Why | None = None


@dataclass(frozen=True, kw_only=True)
class BudgetPlan:
    """What would change, team by team of the policy. `strangers`: teams that the policy does not name."""

    changes: tuple[TeamChange, ...]
    strangers: tuple[TeamRecord, ...]

    @property
    def differs(self) -> bool:
        return any(change.differences for change in self.changes)


@dataclass(frozen=True, kw_only=True)
class Applied:
    """One team's change, and what came of it: nothing where it went well."""

    change: TeamChange
    trouble: TokengateError | None = None


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
    period = None if record.budget_duration else PERIOD
    own = _own(record.metadata)
    pairs = (
        (f"metadata.{OWN}.plan_usd", _as_amount(own.get("plan_usd")), desired.plan),
        ("soft_budget", record.soft_budget, desired.soft_budget),
        ("max_budget", record.max_budget, desired.max_budget),
    )
    found = [
        Difference(name=name, now=None if now is None else _text(now), wanted=_text(wanted))
        for name, now, wanted in pairs
        if now != wanted
    ]
    if period:
        found.append(Difference(name="budget_duration", now=None, wanted=period))
    return TeamChange(
        team=team.name,
        team_id=team.id,
        record=record,
        desired=desired,
        differences=tuple(found),
        period=period,
    )


def merged_metadata(metadata: Mapping[str, Any], desired: Desired) -> dict[str, Any]:
    """All that others wrote, and our plan: the proxy replaces a team's metadata whole."""
    return {**metadata, OWN: {**_own(metadata), "plan_usd": _json_amount(desired.plan)}}


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
