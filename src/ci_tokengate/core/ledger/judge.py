"""What becomes of a cell that is written to a ledger: a pure comparison with what is there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from ci_tokengate.core.ledger.entry import Bucket, Cell, EntryState, Part
from ci_tokengate.core.money import add_exactly

_RANK = {EntryState.OPEN: 0, EntryState.SETTLED: 1, EntryState.CLOSED: 2}


class Fate(str, Enum):
    """SETTLES: the version that is there, and no longer open. CORRECTS: a month was closed before."""

    NEW = "new"
    NEWER = "newer"
    SETTLES = "settles"
    SAME = "same"
    OLDER = "older"
    CORRECTS = "corrects"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is there of one cell, with its corrections. `team_id` is that of the entries, if any.

    `parts`, `requests` and `unpriced` are told for closed months only: nothing else asks for them.
    """

    version: int
    state: EntryState
    team_id: str = ""
    requests: int = 0
    unpriced: int = 0
    parts: dict[Bucket, Part] = field(default_factory=dict)


def fate(cell: Cell, kept: Kept | None, *, closed: bool, forgotten: bool) -> Fate:
    """`closed`: its local month is. `forgotten`: its entries were removed, so nothing can be told of it."""
    if forgotten:
        return Fate.OLDER
    if kept is not None and cell.version < kept.version:
        return Fate.OLDER
    if kept is not None and cell.version == kept.version:
        settles = not closed and _RANK[cell.state] > _RANK[kept.state]
        return Fate.SETTLES if settles else Fate.SAME
    if closed:
        return Fate.CORRECTS
    return Fate.NEW if kept is None else Fate.NEWER


def difference(cell: Cell, kept: Kept | None) -> Cell:
    """`cell` less what is there of it. It stays with the team that the closed month has it under."""
    if kept is None:
        return replace(cell, state=EntryState.CLOSED)
    parts = {
        bucket: _less(cell.parts.get(bucket, Part()), kept.parts.get(bucket, Part()))
        for bucket in Bucket
    }
    return replace(
        cell,
        team_id=kept.team_id or cell.team_id,
        requests=cell.requests - kept.requests,
        unpriced=cell.unpriced - kept.unpriced,
        state=EntryState.CLOSED,
        parts={bucket: part for bucket, part in parts.items() if part != Part()},
    )


def _less(new: Part, old: Part) -> Part:
    return Part(tokens=new.tokens - old.tokens, cost=add_exactly(new.cost, old.cost.copy_negate()))
