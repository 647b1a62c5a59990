"""Rows of the tables as the port's values."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, and_, cast, func, or_, select, union

from ci_tokengate.adapters.ledger.tables import (
    BUDGETS,
    DAYS_READ,
    KEYS,
    PULLS,
    PULLS_READ,
    ROLLUP,
    ROLLUP_TEAMS,
    TEAM_DAYS,
)
from ci_tokengate.adapters.ledger.types import USD
from ci_tokengate.core.ledger.records import (
    BudgetRecord,
    DayRead,
    PullRecord,
    PullsRead,
    Spent,
    TeamDay,
)

_SUMS = (
    *("cost", "requests", "unpriced", "input_tokens", "output_tokens"),
    *("cache_read_tokens", "cache_write_tokens", "open_cost", "corrected"),
)
_PULLS = [column.name for column in PULLS.columns]


def spent(first: date, end: date) -> Select[Any]:
    within = and_(ROLLUP.c.local_day >= first, ROLLUP.c.local_day < end)
    return select(ROLLUP).where(within).order_by(ROLLUP.c.local_day)


def spent_of(row: Row[Any]) -> Spent:
    return Spent._make((*row, row.repository != ""))


def spent_by_team(first: date, end: date) -> Select[Any]:
    t = ROLLUP_TEAMS.c
    dimensions = (t.local_day, t.proxy, t.team_id, t.attributed)
    sums = [_sum(t[name]).label(name) for name in _SUMS]
    within = and_(t.local_day >= first, t.local_day < end)
    return select(*dimensions, *sums).where(within).group_by(*dimensions).order_by(*dimensions)


def _sum(column: Column[Any]) -> ColumnElement[Any]:
    """PostgreSQL adds up whole numbers to a decimal one."""
    total = func.sum(column, type_=column.type)
    return total if isinstance(column.type, USD) else cast(total, column.type)


def team_spent_of(row: Row[Any]) -> Spent:
    local_day, proxy, team_id, attributed, *sums = tuple(row)
    return Spent._make((local_day, proxy, team_id, "", None, "", "", "", *sums, attributed))


def day_totals(first: date, end: date) -> Select[Any]:
    t = ROLLUP_TEAMS.c
    cost = func.sum(t.cost, type_=t.cost.type)
    within = and_(t.local_day >= first, t.local_day < end)
    return select(t.local_day, t.team_id, cost).where(within).group_by(t.local_day, t.team_id)


def team_totals(first: date, end: date) -> Select[Any]:
    t = ROLLUP_TEAMS.c
    dimensions = (t.day, t.proxy, t.team_id)
    cost = func.sum(t.cost, type_=t.cost.type).label("spend")
    within = and_(t.day >= first, t.day < end)
    return select(*dimensions, cost).where(within).group_by(*dimensions).order_by(*dimensions)


def team_days(first: date, end: date) -> Select[Any]:
    t = TEAM_DAYS.c
    return select(TEAM_DAYS).where(t.day >= first, t.day < end).order_by(t.day, t.proxy, t.team_id)


def team_day_of(row: Row[Any]) -> TeamDay:
    return TeamDay(**row._mapping)


def pulls(first: datetime, end: datetime, days: tuple[date, date]) -> Select[Any]:
    """`days` are the local days of the same time."""
    spenders = (
        select(ROLLUP.c.repository, ROLLUP.c.pull_request)
        .where(ROLLUP.c.local_day >= days[0], ROLLUP.c.local_day < days[1])
        .where(ROLLUP.c.pull_request.is_not(None))
        .distinct()
        .subquery()
    )
    p = PULLS.c
    joined = PULLS.join(
        spenders, and_(p.repository == spenders.c.repository, p.number == spenders.c.pull_request)
    )
    ended = or_(
        and_(p.merged_at >= first, p.merged_at < end),
        and_(p.closed_at >= first, p.closed_at < end),
    )
    both = union(select(PULLS).where(ended), select(PULLS).select_from(joined)).subquery()
    return select(both).order_by(both.c.host, both.c.repository, both.c.number)


def pull_of(row: Row[Any]) -> PullRecord:
    told = dict(zip(_PULLS, row, strict=True))
    told["labels"] = tuple(json.loads(row.labels or "[]"))
    told["owners"] = tuple((name, weight) for name, weight in json.loads(row.owners or "[]"))
    return PullRecord(**told)


def pulls_until(host: str, repository: str) -> Select[Any]:
    its = and_(PULLS.c.host == host, PULLS.c.repository == repository)
    return select(func.max(PULLS.c.updated_at, type_=PULLS.c.updated_at.type)).where(its)


def pulls_read() -> Select[Any]:
    return select(PULLS_READ).order_by(PULLS_READ.c.host, PULLS_READ.c.repository)


def pulls_read_of(row: Row[Any]) -> PullsRead:
    return PullsRead(**row._mapping)


def repositories() -> Select[Any]:
    name = KEYS.c.repository
    return select(name).where(name != "").distinct().order_by(name)


def budgets(until: datetime) -> Select[Any]:
    b = BUDGETS.c
    last = (
        select(b.proxy, b.team_id, func.max(b.as_of).label("as_of"))
        .where(b.as_of < until)
        .group_by(b.proxy, b.team_id)
        .subquery()
    )
    of_last = and_(b.proxy == last.c.proxy, b.team_id == last.c.team_id, b.as_of == last.c.as_of)
    return select(BUDGETS).join(last, of_last).order_by(b.proxy, b.team_id)


def budget_of(row: Row[Any]) -> BudgetRecord:
    return BudgetRecord(**row._mapping)


def days_read(proxy: str) -> Select[Any]:
    query = select(DAYS_READ).order_by(DAYS_READ.c.proxy, DAYS_READ.c.day)
    return query.where(DAYS_READ.c.proxy == proxy) if proxy else query


def day_read_of(row: Row[Any]) -> DayRead:
    return DayRead(**row._mapping)
