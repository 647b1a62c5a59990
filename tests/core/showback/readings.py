"""Readings of a ledger, made in one line; and a ledger in memory, of which any month can be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from ci_tokengate.core.ledger.records import (
    BudgetRecord,
    DayRead,
    DayTotal,
    Merge,
    Payer,
    PullRecord,
    PullsRead,
    Spent,
    TeamDay,
)
from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.policy import Policy, Team
from ci_tokengate.core.showback.build import showback
from ci_tokengate.core.showback.period import Month, midnight, zone_of
from ci_tokengate.core.showback.pulls import name_of
from ci_tokengate.core.showback.reading import Reading, trend_begins
from ci_tokengate.core.showback.values import Showback
from tests.fakes import a_use_case

PROXY = "https://llm.acme.example"
DAY = date(2026, 10, 5)
NOW = datetime(2026, 11, 9, 8, 0, tzinfo=timezone.utc)
UTC = timezone.utc


def spent(
    cost: str = "1",
    *,
    team: str = "payments-squad",
    pull: int | None = 7,
    repository: str = "acme/shop",
    day: date = DAY,
    use_case: str = "code-review",
    model: str = "claude-sonnet",
    cost_center: str = "",
    attributed: bool = True,
    requests: int = 1,
    tokens: int = 1000,
    unpriced: int = 0,
    open_cost: str = "0",
    corrected: str = "0",
) -> Spent:
    return Spent(
        local_day=day,
        proxy=PROXY,
        team_id=team,
        repository=repository if attributed else "",
        pull_request=pull if attributed else None,
        use_case=use_case if attributed else "",
        model=model,
        cost_center=cost_center,
        attributed=attributed,
        cost=Decimal(cost),
        requests=requests,
        unpriced=unpriced,
        input_tokens=tokens,
        output_tokens=0,
        cache_read_tokens=0,
        cache_write_tokens=0,
        open_cost=Decimal(open_cost),
        corrected=Decimal(corrected),
    )


def pull(
    number: int = 7,
    *,
    merged: datetime | None = None,
    closed: datetime | None = None,
    repository: str = "acme/shop",
    reverts: int | None = None,
    owners: tuple[tuple[str, int], ...] = (),
) -> PullRecord:
    ended = closed or merged
    return PullRecord(
        host="github.com",
        repository=repository,
        number=number,
        updated_at=ended or NOW,
        opened_at=datetime(2026, 9, 1, tzinfo=UTC),
        closed_at=ended,
        merged_at=merged,
        reverts=reverts,
        owners=owners,
    )


def merged(number: int, day: int = 12, **more: object) -> PullRecord:
    """In October 2026."""
    return pull(number, merged=datetime(2026, 10, day, 12, tzinfo=UTC), **more)  # type: ignore[arg-type]


def a_policy(**teams: str) -> Policy:
    """Teams by name, with a plan."""
    case = a_use_case()
    return Policy(
        source="policy.yml",
        teams={
            name.replace("_", "-"): Team(
                name=name.replace("_", "-"),
                id=name.replace("_", "-"),
                plan=Decimal(plan),
                cost_center=f"ENGG-{name.upper()}",
            )
            for name, plan in teams.items()
        },
        use_cases={case.name: case},
        model_tiers={
            "claude-haiku": ModelTier.FAST,
            "claude-sonnet": ModelTier.MIDDLE,
            "claude-opus": ModelTier.STRONG,
        },
    )


@dataclass
class Books:
    """All that a ledger holds, and what it answers; the reference for what a store must answer."""

    spent: Sequence[Spent] = ()
    pulls: Sequence[PullRecord] = ()
    budgets: Sequence[BudgetRecord] = ()
    at_proxy: Sequence[TeamDay] = ()
    in_ledger: Sequence[TeamDay] = ()
    reads: Sequence[DayRead] = field(default_factory=lambda: reads())
    pulls_read: Sequence[PullsRead] | None = None
    """None: of all repositories, for as long as there are any."""
    policy: Policy | None = None
    zone: str = "UTC"
    now: datetime = NOW
    closed: bool = False

    def reading(self, month: str = "2026-10") -> Reading:
        asked = Month.parse(month)
        zone = zone_of(self.zone)
        since, end = midnight(trend_begins(asked).first, zone), midnight(asked.end, zone)
        its_rows = [s for s in self.spent if asked.first <= s.local_day < asked.end]
        spenders = {name_of(s.repository, s.pull_request or 0) for s in its_rows}

        def ended(one: PullRecord) -> bool:
            return one.closed_at is not None and midnight(asked.first, zone) <= one.closed_at < end

        return Reading(
            month=asked,
            zone=self.zone,
            now=self.now,
            closed=self.closed,
            spent=its_rows,
            days=totals(s for s in self.spent if s.local_day < asked.first),
            pulls=[
                p for p in self.pulls if name_of(p.repository, p.number) in spenders or ended(p)
            ],
            merges=[m for m in merges(self.pulls, self.spent) if m.merged_at >= since],
            payers=payers(self.spent),
            budgets=self.budgets,
            at_proxy=self.at_proxy,
            in_ledger=self.in_ledger,
            reads=self.reads,
            pulls_read=self._read_pulls(),
            policy=self.policy,
        )

    def _read_pulls(self) -> Sequence[PullsRead]:
        if self.pulls_read is not None:
            return self.pulls_read
        names = {row.repository for row in self.spent} | {one.repository for one in self.pulls}
        return [pulls_read(name, until=self.now) for name in sorted({"acme/shop", *names} - {""})]

    def report(self, month: str = "2026-10", team: str = "") -> Showback:
        return showback(self.reading(month), team=team)


def totals(rows: Iterable[Spent]) -> list[DayTotal]:
    """By day and team, as a ledger tells them for a trend."""
    found: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row.local_day, row.team_id] += row.cost
    return [DayTotal(day, team, cost) for (day, team), cost in found.items()]


def payers(rows: Iterable[Spent]) -> list[Payer]:
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.attributed:
            found[row.repository, row.team_id] += row.cost
    return [Payer(repository=r, team_id=team, cost=cost) for (r, team), cost in found.items()]


def merges(records: Iterable[PullRecord], rows: Iterable[Spent]) -> list[Merge]:
    """Each merged one with who paid most for it."""
    paid: dict[tuple[str, int], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        if row.attributed and row.pull_request is not None:
            paid[name_of(row.repository, row.pull_request)][row.team_id] += row.cost
    found = []
    for one in records:
        teams = paid.get(name_of(one.repository, one.number), {})
        if one.merged_at is not None:
            found.append(
                Merge(
                    repository=one.repository,
                    number=one.number,
                    merged_at=one.merged_at,
                    reverts=one.reverts,
                    paid_by=min(teams, key=lambda t: (-teams[t], t), default=None),
                )
            )
    return found


def reads(
    month: str = "2026-10", *, read_at: datetime = NOW, settled: bool = True, whole: bool = True
) -> list[DayRead]:
    """Every UTC day of a month was read."""
    first, days = Month.parse(month).first, Month.parse(month).days
    return [
        DayRead(
            proxy=PROXY,
            day=first + timedelta(days=n),
            rows=1,
            read_at=read_at,
            settled=settled,
            whole=whole,
        )
        for n in range(days)
    ]


def pulls_read(
    repository: str = "acme/shop",
    *,
    since: datetime = datetime(2020, 1, 1, tzinfo=UTC),
    until: datetime | None = NOW,
) -> PullsRead:
    return PullsRead(host="github.com", repository=repository, since=since, until=until)


def budget(
    team: str = "payments-squad", plan: str | None = "800", spend: str = "0"
) -> BudgetRecord:
    return BudgetRecord(
        proxy=PROXY,
        team_id=team,
        team=team,
        as_of=datetime(2026, 10, 31, 20, tzinfo=UTC),
        plan=None if plan is None else Decimal(plan),
        spend=Decimal(spend),
        max_budget=Decimal(1200),
        resets_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def team_day(spend: str, *, team: str = "payments-squad", day: date = DAY) -> TeamDay:
    return TeamDay(proxy=PROXY, team_id=team, day=day, spend=Decimal(spend), read_at=NOW)


def the_articles() -> Books:
    """$3,200 over 85 merged pull requests, and $1,100 over 20."""
    rows, records = [], []
    for team, total, count, repository in (
        ("payments-squad", "3200", 85, "acme/pay"),
        ("search-squad", "1100", 20, "acme/search"),
    ):
        rows.append(spent(total, team=team, pull=1, repository=repository))
        records += [merged(n, repository=repository) for n in range(1, count + 1)]
    return Books(spent=rows, pulls=records)


def split_in_two(row: Spent, part: Decimal) -> list[Spent]:
    return [row._replace(cost=part, requests=0), row._replace(cost=row.cost - part)]
