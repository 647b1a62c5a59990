"""What becomes of a cell, and what is the difference to a closed month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, EntryState, Part
from ci_tokengate.core.ledger.judge import Fate, Kept, difference, fate

NAME = CellName(
    proxy="p", key_id="k", day=date(2026, 10, 1), local_day=date(2026, 10, 1), model="m"
)
_COSTS = st.integers(-(10**15), 10**15).map(lambda n: Decimal(n).scaleb(-10))
_PARTS = st.dictionaries(
    st.sampled_from(Bucket), st.builds(Part, tokens=st.integers(0, 10**9), cost=_COSTS)
)
_CELLS = st.builds(
    Cell,
    name=st.just(NAME),
    team_id=st.sampled_from(["a", "b"]),
    provider_model=st.just("x"),
    version=st.integers(1, 9),
    requests=st.integers(0, 99),
    unpriced=st.integers(0, 9),
    parts=_PARTS,
)


def _kept(cell: Cell) -> Kept:
    return Kept(
        version=cell.version,
        state=EntryState.CLOSED,
        team_id=cell.team_id,
        requests=cell.requests,
        unpriced=cell.unpriced,
        parts=dict(cell.parts),
    )


@pytest.mark.parametrize(
    ("version", "state", "closed", "forgotten", "wanted"),
    [
        (2, EntryState.OPEN, False, False, Fate.OLDER),
        (3, EntryState.OPEN, False, False, Fate.SAME),
        (3, EntryState.SETTLED, False, False, Fate.SETTLES),
        (3, EntryState.SETTLED, True, False, Fate.SAME),
        (4, EntryState.OPEN, False, False, Fate.NEWER),
        (4, EntryState.OPEN, True, False, Fate.CORRECTS),
        (4, EntryState.OPEN, True, True, Fate.OLDER),
    ],
)
def test_a_cell_is_judged_by_its_version_and_its_month(
    version: int, state: EntryState, closed: bool, forgotten: bool, wanted: Fate
) -> None:
    kept = Kept(version=3, state=EntryState.OPEN)
    cell = Cell(name=NAME, team_id="a", provider_model="x", version=version, state=state)
    assert fate(cell, kept, closed=closed, forgotten=forgotten) is wanted


def test_a_cell_that_is_not_there_is_new_or_corrects_a_closed_month() -> None:
    cell = Cell(name=NAME, team_id="a", provider_model="x", version=1)
    assert fate(cell, None, closed=False, forgotten=False) is Fate.NEW
    assert fate(cell, None, closed=True, forgotten=False) is Fate.CORRECTS
    assert difference(cell, None) == replace(cell, state=EntryState.CLOSED)


@given(_CELLS, _CELLS)
def test_what_was_there_and_the_difference_are_what_is_new(old: Cell, new: Cell) -> None:
    more = difference(new, _kept(old))
    assert more.requests + old.requests == new.requests
    assert more.unpriced + old.unpriced == new.unpriced
    assert more.team_id == old.team_id
    for bucket in Bucket:
        parts = [c.parts.get(bucket, Part()) for c in (old, more, new)]
        assert parts[0].tokens + parts[1].tokens == parts[2].tokens
        assert parts[0].cost + parts[1].cost == parts[2].cost
        assert more.parts.get(bucket) != Part(), "what is the same is not said"
