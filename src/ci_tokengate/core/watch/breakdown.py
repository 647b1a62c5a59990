"""What a team's day is made of: by model, use case, pull request and job. USD."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from ci_tokengate.core.alias import parse_alias
from ci_tokengate.core.ledger.entry import Cell, LedgerKey
from ci_tokengate.core.money import add_exactly, exact_sum
from ci_tokengate.core.usage import UsageRow

TOP = 5
"""Names of each kind that are told; the rest is summed up."""


@dataclass(frozen=True, kw_only=True)
class JobName:
    """What stays the same from run to run. `repository` is empty for keys that no job of ours had."""

    repository: str = ""
    job: str = ""
    use_case: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """All calls of one key to one model. `place` is the pull request's number, or the ref."""

    job: JobName
    place: str = ""
    run_id: str = ""
    attempt: int = 0
    key: str = ""
    model: str
    cost: Decimal
    calls: int


@dataclass(frozen=True, kw_only=True)
class Slice:
    """What of a day has one name: a model, a use case, a pull request. USD."""

    name: str
    cost: Decimal
    calls: int


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """`covered` is what of the day the parts explain: less than all where the log was not read to its end.

    Each kind has the dearest names only. `of_ci` is what of it came from CI jobs.
    """

    covered: Decimal
    of_ci: Decimal
    models: tuple[Slice, ...]
    use_cases: tuple[Slice, ...]
    pulls: tuple[Slice, ...]
    jobs: tuple[Slice, ...]


def breakdown_of(parts: Iterable[Part]) -> Breakdown:
    """Branches' jobs have no pull request, and other keys neither that nor a use case or job."""
    parts = list(parts)
    ours = [p for p in parts if p.job.repository]
    return Breakdown(
        covered=exact_sum(p.cost for p in parts),
        of_ci=exact_sum(p.cost for p in ours),
        models=_top(parts, lambda p: p.model),
        use_cases=_top(ours, lambda p: p.job.use_case),
        pulls=_top([p for p in ours if p.place.isdigit()], where),
        jobs=_top(ours, lambda p: f"{p.job.job} of {p.job.repository}"),
    )


def where(part: Part) -> str:
    """`acme/shop#42`, or `acme/shop@refs/heads/main`."""
    return f"{part.job.repository}{'#' if part.place.isdigit() else '@'}{part.place}"


def parts_of_rows(rows: Iterable[UsageRow]) -> list[Part]:
    """Calls that nobody paid and no model answered are left out."""
    found: dict[tuple[str, str], Part] = {}
    for row in rows:
        if row.answered:
            name = (row.key_id, row.model)
            before = found.get(name) or _empty(row)
            found[name] = _plus(before, row.spend)
    return list(found.values())


def part_of_cell(cell: Cell, key: LedgerKey) -> Part:
    place = key.ref if key.pull_request is None else str(key.pull_request)
    return Part(
        job=JobName(repository=key.repository, job=key.job, use_case=key.use_case),
        place=place,
        run_id=key.run_id,
        attempt=key.run_attempt,
        key=key.key_id,
        model=cell.name.model,
        cost=cell.cost,
        calls=cell.requests,
    )


def _empty(row: UsageRow) -> Part:
    part = Part(job=JobName(), key=row.key_id, model=row.model, cost=Decimal(0), calls=0)
    alias = parse_alias(row.alias)
    if alias is None:
        return part
    return replace(
        part,
        job=JobName(repository=alias.repository, job=alias.job, use_case=alias.use_case),
        place=alias.scope,
        run_id=alias.run_id,
        attempt=alias.run_attempt,
    )


def _plus(part: Part, cost: Decimal) -> Part:
    return replace(part, cost=add_exactly(part.cost, cost), calls=part.calls + 1)


def _top(parts: Iterable[Part], name: Callable[[Part], str]) -> tuple[Slice, ...]:
    costs: dict[str, Decimal] = defaultdict(Decimal)
    calls: dict[str, int] = defaultdict(int)
    for part in parts:
        costs[name(part)] = add_exactly(costs[name(part)], part.cost)
        calls[name(part)] += part.calls
    order = sorted(costs, key=lambda n: (-costs[n], n))[:TOP]
    return tuple(Slice(name=n, cost=costs[n], calls=calls[n]) for n in order)
