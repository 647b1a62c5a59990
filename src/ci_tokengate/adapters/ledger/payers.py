"""Who paid for pull requests, and for repositories as a whole; kept in step with the sums by day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, literal_column, select

from ci_tokengate.adapters.ledger.inserts import add_to
from ci_tokengate.adapters.ledger.tables import PAYERS, PULLS, ROLLUP
from ci_tokengate.core.ledger.records import Payer

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
    """Pull requests merged in that time, each with who paid most for it; of equals the first by id.

    Columns as Merge has them.
    """
    p = PULLS.c
    its = and_(_P.repository == p.repository, _P.pull_request == p.number)
    dearest = select(_P.team_id).where(its).order_by(_P.cost.desc(), _P.team_id).limit(1)
    paid_by = dearest.correlate(PULLS).scalar_subquery()
    within = and_(p.merged_at >= first, p.merged_at < end)
    return select(p.repository, p.number, p.merged_at, p.reverts, paid_by).where(within)


def of_repositories() -> Select[Any]:
    return select(_P.repository, _P.team_id, _P.cost).where(_P.pull_request == _WHOLE)


def payer_of(row: Row[Any]) -> Payer:
    return Payer(**row._mapping)
