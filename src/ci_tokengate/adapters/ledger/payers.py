"""Who paid for pull requests, and for repositories as a whole; kept in step with the sums by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, literal_column, select

from ci_tokengate.adapters.ledger.inserts import add_to
from ci_tokengate.adapters.ledger.tables import PAYERS, PULLS, ROLLUP
from ci_tokengate.core.ledger.records import Merge, Payer

_P, _R = PAYERS.c, ROLLUP.c
_BRANCH: ColumnElement[int] = literal_column("0")
_WHOLE: ColumnElement[int] = literal_column("-1")
"""In place of a pull request's number: a key has no NULL. Each repository has its sum besides."""


def shift(connection: Connection, first: date, end: date, *, taken: bool) -> None:
    """Adds what the sums of these local days hold now; `taken`: takes it away, before they are made anew."""
    cost = func.sum(_R.cost, type_=_R.cost.type)
    within = and_(_R.local_day >= first, _R.local_day < end, _R.repository != "")
    pull = func.coalesce(_R.pull_request, _BRANCH)
    for dimensions in ((_R.repository, pull, _R.team_id), (_R.repository, _WHOLE, _R.team_id)):
        sums = select(*dimensions, -cost if taken else cost).where(within)
        by = [one for one in dimensions if one is not _WHOLE]
        add_to(connection, PAYERS, sums.group_by(*by), "cost")


def merges(first: datetime, end: datetime) -> Select[Any]:
    """Pull requests merged in that time with all who paid for each, the one who paid most first."""
    its = and_(_P.repository == PULLS.c.repository, _P.pull_request == PULLS.c.number)
    pull = (PULLS.c.host, PULLS.c.repository, PULLS.c.number)
    return (
        select(*pull, PULLS.c.merged_at, PULLS.c.reverts, _P.team_id)
        .select_from(PULLS.outerjoin(PAYERS, its))
        .where(PULLS.c.merged_at >= first, PULLS.c.merged_at < end)
        .order_by(*pull, _P.cost.desc(), _P.team_id)
    )


def merges_of(rows: Iterable[Any]) -> Iterator[Merge]:
    """One for each, with who paid most; of equals the first by id."""
    last: tuple[str, str, int] | None = None
    for host, repository, number, merged_at, reverts, team_id in rows:
        one = host, repository, number
        if one != last:
            last = one
            yield Merge(repository, number, merged_at, reverts, team_id)


def of_repositories() -> Select[Any]:
    return select(_P.repository, _P.team_id, _P.cost).where(_P.pull_request == _WHOLE)


def payer_of(row: Row[Any]) -> Payer:
    return Payer(**row._mapping)
