"""Who paid for pull requests, and for repositories as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, Select, and_, func, null, select

from ci_tokengate.adapters.ledger.tables import PULLS, ROLLUP
from ci_tokengate.core.ledger.records import Payer

_R = ROLLUP.c


def of_merged(first: datetime, end: datetime) -> Select[Any]:
    """By pull request merged in that time, of all its days."""
    its = and_(PULLS.c.repository == _R.repository, PULLS.c.number == _R.pull_request)
    dimensions = (_R.repository, _R.pull_request, _R.team_id)
    return (
        select(*dimensions, func.sum(_R.cost, type_=_R.cost.type).label("cost"))
        .select_from(ROLLUP.join(PULLS, its))
        .where(PULLS.c.merged_at >= first, PULLS.c.merged_at < end)
        .group_by(*dimensions)
    )


def of_repositories() -> Select[Any]:
    no_pull = null().cast(Integer).label("pull_request")
    cost = func.sum(_R.cost, type_=_R.cost.type).label("cost")
    return (
        select(_R.repository, no_pull, _R.team_id, cost)
        .where(_R.repository != "")
        .group_by(_R.repository, _R.team_id)
    )


def payer_of(row: Row[Any]) -> Payer:
    return Payer(**row._mapping)
