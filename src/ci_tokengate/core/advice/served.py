"""What a proxy serves, against what a policy names: models and teams."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from ci_tokengate.core.advice.advice import Advice, error, note, warning
from ci_tokengate.core.advice.caps import stops_early
from ci_tokengate.core.advice.routing import routings
from ci_tokengate.core.budget import plan_of
from ci_tokengate.core.governance.team import TeamRecord
from ci_tokengate.core.governance.unraised import unraised
from ci_tokengate.core.nearest import nearest
from ci_tokengate.core.policy import Policy
from ci_tokengate.core.usage import Charge

_MOST = 10


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """A model by its name at the proxy, where a `*` stands for any text.

    `provider_model` is `provider/name`; `prices` are USD a token, None where the proxy has none.
    `writes` is False for what does not write text: embeddings, images, speech.
    """

    name: str
    provider_model: str = ""
    writes: bool = True
    prices: Charge | None = None


def missing_models(policy: Policy, served: Sequence[ServedModel]) -> Iterator[Advice]:
    """A key for a model that is not there is minted, and refused at its first call."""
    names = [model.name for model in served]
    for name, case in policy.use_cases.items():
        for place, routing in routings(name, case):
            for model in routing.models:
                if not is_served(model, names):
                    near = nearest(model, names)
                    guess = f"did you mean {near}?" if near else "use one of the names there"
                    hint = f"{guess} There are: {', '.join(sorted(names)[:_MOST]) or 'none'}"
                    yield error((*place, "models"), f"the proxy serves no {model}", hint)


def is_served(model: str, names: Collection[str]) -> bool:
    return model in names or any("*" in name and fnmatchcase(model, name) for name in names)


def teams_there(policy: Policy, records: Sequence[TeamRecord]) -> Iterator[Advice]:
    """Teams that only one of the two knows, without a plan anywhere, or stopped before their tiers."""
    by_id = {record.id: record for record in records}
    for name, team in policy.teams.items():
        record = by_id.get(team.id)
        if record is None:
            yield _unknown(name, team.id, records)
            continue
        budget = unraised(record)
        plan = plan_of(team, budget).amount
        if plan is None:
            yield warning(
                ("teams", name),
                f"{name} has no plan, here or at the proxy, so only its keys' own caps hold it",
                f"set teams.{name}.plan: `ci-tokengate baseline` recommends one",
            )
        yield from stops_early(team, plan, budget.max_budget, policy)
    known = {team.id for team in policy.teams.values()}
    yield from _strangers([record for record in records if record.id not in known])


def plans_there(policy: Policy, records: Sequence[TeamRecord]) -> dict[str, Decimal]:
    """USD by the team's name: the plans that only the proxy knows."""
    by_id = {record.id: record for record in records}
    found = {}
    for name, team in policy.teams.items():
        record = by_id.get(team.id)
        amount = plan_of(team, unraised(record)).amount if record else None
        if team.plan is None and amount is not None:
            found[name] = amount
    return found


def _unknown(name: str, team_id: str, records: Sequence[TeamRecord]) -> Advice:
    alias = next((r.id for r in records if r.alias == team_id), None)
    near = nearest(team_id, [record.id for record in records])
    if alias:
        hint = f"that is a team's alias there; its team_id is {alias}: set teams.{name}.id"
    else:
        hint = f"did you mean {near}? " if near else ""
        hint += f"set teams.{name}.id to its team_id, or make the team there"
    return error(("teams", name), f"the proxy knows no team {team_id}", hint)


def _strangers(records: Sequence[TeamRecord]) -> Iterator[Advice]:
    if not records:
        return
    ordered = sorted(records, key=lambda r: (-(r.spend or 0), r.alias or r.id))
    names = ", ".join(record.alias or record.id for record in ordered[:_MOST])
    more = f" and {len(records) - _MOST} more" if len(records) > _MOST else ""
    yield note(
        ("teams",),
        f"the policy names none of these teams at the proxy: {names}{more}",
        "name those that run agents in CI; no job can spend for the others",
    )
