"""One pass over the month's spend: everything that the numbers are made of, added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from ci_tokengate.core.ledger.records import Spent
from ci_tokengate.core.showback.pulls import Name, Pulls, name_of

ZERO = Decimal(0)


@dataclass
class TeamSum:
    """USD. `attributed` came from jobs, `abandoned` went to pull requests that were closed unmerged, `open_cost` may still grow."""

    cost: Decimal = ZERO
    attributed: Decimal = ZERO
    abandoned: Decimal = ZERO
    open_cost: Decimal = ZERO
    unpriced: int = 0
    repositories: set[str] = field(default_factory=set)


@dataclass
class ModelSum:
    """USD; `unpriced` are requests with tokens and no price."""

    cost: Decimal = ZERO
    requests: int = 0
    tokens: int = 0
    unpriced: int = 0


@dataclass
class Sums:
    """`by_charge` is by (cost center, team id) without what is in `by_pull`; those have owners."""

    teams: dict[str, TeamSum] = field(default_factory=lambda: defaultdict(TeamSum))
    models: dict[tuple[bool, str, str], ModelSum] = field(
        default_factory=lambda: defaultdict(ModelSum)
    )
    direct: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    unattributed: dict[tuple[str, str], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    owned: dict[Name, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    proxies: set[str] = field(default_factory=set)
    corrected: Decimal = ZERO
    unknown_pulls: Decimal = ZERO


def add_up(spent: Iterable[Spent], pulls: Pulls) -> Sums:
    sums = Sums()
    known: dict[tuple[str, int], tuple[Name, bool, bool, bool]] = {}
    for row in spent:
        sums.proxies.add(row.proxy)
        sums.corrected += row.corrected
        team = sums.teams[row.team_id]
        team.cost += row.cost
        team.open_cost += row.open_cost
        team.unpriced += row.unpriced
        model = sums.models[row.attributed, row.use_case if row.attributed else "", row.model]
        model.cost += row.cost
        model.requests += row.requests
        model.unpriced += row.unpriced
        model.tokens += (
            row.input_tokens + row.output_tokens + row.cache_read_tokens + row.cache_write_tokens
        )
        if not row.attributed:
            sums.unattributed[row.cost_center, row.team_id] += row.cost
            continue
        team.attributed += row.cost
        team.repositories.add(row.repository)
        if row.pull_request is None:
            sums.direct[row.cost_center, row.team_id] += row.cost
            continue
        asked = row.repository, row.pull_request
        if asked not in known:
            known[asked] = _about(name_of(*asked), pulls)
        name, is_known, abandoned, owned = known[asked]
        if not is_known:
            sums.unknown_pulls += row.cost
        if abandoned:
            team.abandoned += row.cost
        if owned:
            sums.owned[name] += row.cost
        else:
            sums.direct[row.cost_center, row.team_id] += row.cost
    return sums


def _about(name: Name, pulls: Pulls) -> tuple[Name, bool, bool, bool]:
    record = pulls.by_name.get(name)
    return name, record is not None, pulls.abandoned(name), bool(record and record.owners)
