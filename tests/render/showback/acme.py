"""A year of an organisation with eight teams, made up by arithmetic: the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from ci_tokengate.core.ledger.records import BudgetRecord, PullRecord, Spent, TeamDay
from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.policy import Policy, Team, UseCase
from ci_tokengate.core.showback.values import Showback
from tests.core.showback.readings import PROXY, Books, pull, pulls_read, reads, spent
from tests.fakes import a_use_case

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=timezone.utc)
TEAMS = {
    "payments-squad": ("acme/pay", "3500", "ENGG-PAYMENTS", 85, 3200),
    "search-squad": ("acme/search", "900", "ENGG-SEARCH", 20, 1100),
    "platform": ("acme/mono", "2500", "ENGG-PLATFORM", 64, 1650),
    "growth": ("acme/web", "1200", "ENGG-GROWTH", 41, 1010),
    "mobile": ("acme/app", "800", "ENGG-MOBILE", 28, 660),
    "data": ("acme/lake", "600", "", 9, 955),
    "identity": ("acme/id", "700", "ENGG-IDENTITY", 31, 395),
    "docs": ("acme/docs", "150", "", 0, 24),
}
CASES = (
    ("code-review", "claude-sonnet", 44, 330),
    ("code-review", "claude-haiku", 6, 1100),
    ("autonomous-agent", "claude-opus", 27, 200),
    ("autocomplete", "claude-opus", 9, 190),
    ("autocomplete", "claude-haiku", 3, 1050),
    ("test-generation", "claude-sonnet", 8, 310),
)
"""Use case, model, percent of the spend, tokens per thousandth of a dollar."""
OWNERS = (("ENGG-PAYMENTS", 3), ("ENGG-PLATFORM", 5), ("ENGG-SEARCH", 1))


def policy() -> Policy:
    cases: dict[str, UseCase] = {
        name: replace(a_use_case(name=name), tier=tier)
        for name, tier in (
            ("code-review", ModelTier.MIDDLE),
            ("autonomous-agent", ModelTier.STRONG),
            ("autocomplete", ModelTier.FAST),
            ("test-generation", ModelTier.MIDDLE),
        )
    }
    tiers = {
        "claude-haiku": ModelTier.FAST,
        "claude-sonnet": ModelTier.MIDDLE,
        "claude-opus": ModelTier.STRONG,
    }
    teams = {
        name: Team(name=name, id=name, plan=Decimal(plan), cost_center=center)
        for name, (_, plan, center, _, _) in TEAMS.items()
    }
    return Policy(source="policy.yml", teams=teams, use_cases=cases, model_tiers=tiers)


def books(*, now: datetime = NOW) -> Books:
    rows = list(_spent(now))
    totals: dict[tuple[str, date], Decimal] = {}
    for row in rows:
        at = row.team_id, row.local_day
        totals[at] = totals.get(at, Decimal(0)) + row.cost
    days = [
        TeamDay(proxy=PROXY, team_id=team, day=day, spend=spend, read_at=now)
        for (team, day), spend in totals.items()
        if date(2026, 11, 1) <= day < date(2026, 12, 1)
    ]
    theirs = [
        replace(d, spend=d.spend + Decimal("0.8412")) if d.day == date(2026, 11, 23) else d
        for d in days
    ]
    known = [
        replace(r, settled=r.day < date(2026, 11, 22))
        for r in reads("2026-11", read_at=now)
        if r.day <= now.date()
    ]
    return Books(
        spent=rows,
        pulls=list(_pulls(now)),
        budgets=list(_budgets(rows, now)),
        at_proxy=theirs,
        in_ledger=days,
        reads=known,
        policy=policy(),
        now=now,
    )


def report(team: str = "") -> Showback:
    """November 2026, on its 24th day."""
    return books().report("2026-11", team)


def unread() -> Showback:
    """The same, with the code host read since October, and two repositories not at all."""
    its = books()
    gone = {"acme/mono", "acme/lake"}
    october = datetime(2026, 10, 1, tzinfo=timezone.utc)
    read = [
        pulls_read(repository, since=october, until=its.now)
        for repository, *_ in TEAMS.values()
        if repository not in gone
    ]
    pulls = [p for p in its.pulls if p.repository not in gone and p.updated_at >= october]
    return replace(its, pulls=pulls, pulls_read=read).report("2026-11")


def _months(now: datetime) -> Iterator[tuple[date, Decimal, int]]:
    """First day, the part of it that is over, and how many months ago it was."""
    for ago in range(12):
        count = now.year * 12 + now.month - 1 - ago
        yield (
            date(count // 12, count % 12 + 1, 1),
            Decimal(1 if ago else 23) / (1 if ago else 30),
            ago,
        )


def _spent(now: datetime) -> Iterator[Spent]:
    chance = random.Random(5)
    for first, part, ago in _months(now):
        days = 28 if ago else 23
        for team, (repository, _, center, merged, usd) in TEAMS.items():
            growth = Decimal(100 - 6 * ago + chance.randrange(9)) / 100
            for use_case, model, percent, tokens in CASES:
                for day in (first + timedelta(days=n) for n in range(percent % 3, days, 3)):
                    cost = usd * growth * percent * chance.randrange(80, 121) / 93_000
                    number = 1000 * (12 - ago) + chance.randrange(1, max(merged, 4))
                    yield spent(
                        f"{cost.quantize(Decimal('1e-10')):f}",
                        team=team,
                        pull=None if chance.randrange(9) == 0 else number,
                        repository=repository,
                        day=day,
                        use_case=use_case,
                        model=model,
                        cost_center=center,
                        requests=int(cost * 12) + 1,
                        tokens=int(cost * 1000 * tokens),
                        open_cost=f"{cost.quantize(Decimal('1e-10')):f}"
                        if not ago and day.day >= 22
                        else "0",
                    )
            yield spent(
                f"{(usd * growth * part / 13).quantize(Decimal('1e-10')):f}",
                team=team,
                attributed=False,
                model="claude-sonnet",
                day=first + timedelta(days=chance.randrange(days)),
                requests=40,
                tokens=4_000_000,
            )
    yield spent(
        "0", team="data", day=date(2026, 11, 9), model="acme-llm-v2", requests=12, unpriced=12
    )
    yield spent(
        "-3.25", team="growth", repository="acme/web", pull=11007, day=date(2026, 11, 3),
        corrected="-3.25", requests=0, tokens=0,
    )  # fmt: skip


def _pulls(now: datetime) -> Iterator[PullRecord]:
    chance = random.Random(7)
    for first, part, ago in _months(now):
        days = 28 if ago else 23
        for repository, _, _, merged, _ in TEAMS.values():
            count = int(merged * part) - ago * merged // 22
            for number in range(1, max(merged, 4)):
                day = first + timedelta(days=chance.randrange(days))
                at = datetime.combine(day, time(chance.randrange(6, 20)), tzinfo=timezone.utc)
                name = 1000 * (12 - ago) + number
                yield pull(
                    name,
                    merged=at if number <= count else None,
                    closed=at if number <= count or number % 2 else None,
                    repository=repository,
                    reverts=name - 1 if number % 17 == 0 else None,
                    owners=OWNERS if repository == "acme/mono" else (),
                )


def _budgets(rows: list[Spent], now: datetime) -> Iterator[BudgetRecord]:
    for team, (_, plan, _, _, _) in TEAMS.items():
        spend = sum(
            (r.cost for r in rows if r.team_id == team and r.local_day >= date(2026, 11, 1)),
            Decimal(0),
        )
        yield BudgetRecord(
            proxy=PROXY,
            team_id=team,
            team=team,
            as_of=now,
            plan=Decimal(plan),
            spend=spend,
            max_budget=Decimal(plan) * 3 / 2,
            resets_at=datetime(2026, 12, 1, tzinfo=timezone.utc),
        )
