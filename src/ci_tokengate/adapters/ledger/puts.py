"""What is kept beside entries, in: pull requests, budgets, the proxy's own sums, how far it was read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from ci_tokengate.adapters.ledger.inserts import add_missing, put_newer
from ci_tokengate.adapters.ledger.tables import (
    BUDGETS,
    DAYS_READ,
    ENTRIES,
    KEYS,
    MARKS,
    PULLS,
    PULLS_READ,
    TEAM_DAYS,
)
from ci_tokengate.core.ledger.apportion import quantised
from ci_tokengate.core.ledger.entry import EntryState
from ci_tokengate.core.ledger.records import BudgetRecord, DayRead, PullRecord, PullsRead, TeamDay


def put_pulls(
    connection: Connection, pulls: Sequence[PullRecord], hidden: Callable[[str], str]
) -> None:
    rows = [
        {
            **asdict(pull),
            "actor": hidden(pull.actor),
            "labels": json.dumps(pull.labels, ensure_ascii=False),
            "owners": json.dumps(pull.owners, ensure_ascii=False),
        }
        for pull in sorted(pulls, key=lambda p: (p.host, p.repository, p.number, p.updated_at))
    ]
    put_newer(connection, PULLS, rows, by="updated_at")


def put_pulls_read(connection: Connection, read: PullsRead) -> None:
    """What is there and what comes as one: from the earlier since to the later until."""
    add_missing(connection, PULLS_READ, [asdict(read)], names=["host", "repository"])
    r = PULLS_READ.c
    its = (r.host == read.host) & (r.repository == read.repository)
    there = connection.execute(select(r.since, r.until).where(its).with_for_update()).one()
    until = max((u for u in (there.until, read.until) if u is not None), default=None)
    both = {"since": min(there.since, read.since), "until": until}
    connection.execute(update(PULLS_READ).where(its).values(both))


def put_budgets(connection: Connection, budgets: Sequence[BudgetRecord]) -> None:
    """The proxy's sums are floats of its own: kept as exactly as the ledger can."""
    rows = [
        asdict(
            replace(
                b,
                spend=quantised(b.spend),
                plan=None if b.plan is None else quantised(b.plan),
                max_budget=None if b.max_budget is None else quantised(b.max_budget),
            )
        )
        for b in sorted(budgets, key=lambda b: (b.proxy, b.team_id, b.as_of))
    ]
    put_newer(connection, BUDGETS, rows, by="spend")


def put_team_days(connection: Connection, days: Sequence[TeamDay]) -> None:
    ordered = sorted(days, key=lambda d: (d.day, d.proxy, d.team_id, d.read_at))
    rows = [{**asdict(day), "spend": quantised(day.spend)} for day in ordered]
    put_newer(connection, TEAM_DAYS, rows, by="read_at")


def put_day_read(connection: Connection, read: DayRead) -> None:
    put_newer(connection, DAYS_READ, [asdict(read)], by="read_at")
    there = connection.scalar(
        select(DAYS_READ.c.read_at).where(
            DAYS_READ.c.proxy == read.proxy, DAYS_READ.c.day == read.day
        )
    )
    if read.settled and there == read.read_at:
        _settle(connection, read)


def _settle(connection: Connection, read: DayRead) -> None:
    open_ones: Any = (
        (ENTRIES.c.day == read.day)
        & (ENTRIES.c.state == EntryState.OPEN.value)
        & ENTRIES.c.key_no.in_(select(KEYS.c.key_no).where(KEYS.c.proxy == read.proxy))
    )
    stale = select(ENTRIES.c.local_day).where(open_ones).distinct()
    connection.execute(insert(MARKS).from_select(["local_day"], stale))
    connection.execute(update(ENTRIES).where(open_ones).values(state=EntryState.SETTLED.value))
