"""A ledger's sums, reckoned in the test from its cells and corrections alone."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from ci_tokengate.adapters.ledger.store import SqlLedger
from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, EntryState, LedgerKey, Part
from ci_tokengate.core.ledger.records import Spent
from tests.adapters.ledger.made import ALL

Sums = tuple[Decimal, int, int, tuple[int, ...], Decimal, Decimal]
_TOKENS = (Bucket.INPUT, Bucket.OUTPUT, Bucket.CACHE_READ, Bucket.CACHE_WRITE)


def held(ledger: SqlLedger) -> dict[CellName, tuple[int, dict[Bucket, Part]]]:
    """The newest version of each cell, and its parts with all its corrections."""
    versions: dict[CellName, int] = {}
    parts: dict[CellName, dict[Bucket, Part]] = defaultdict(dict)
    for one in _all(ledger):
        name = one[1].name
        versions[name] = max(versions.get(name, 0), one[1].version)
        for bucket, part in one[1].parts.items():
            there = parts[name].get(bucket, Part())
            parts[name][bucket] = Part(
                tokens=there.tokens + part.tokens, cost=there.cost + part.cost
            )
    return {
        name: (version, {b: p for b, p in parts[name].items() if p != Part()})
        for name, version in versions.items()
    }


def sums_agree(ledger: SqlLedger) -> bool:
    """`spent`, `spent_by_team`, `team_totals`, `day_totals` and `payers` say what the entries and corrections do."""
    fine: dict[object, Sums] = {}
    coarse: dict[object, Sums] = {}
    totals: dict[object, Decimal] = defaultdict(Decimal)
    payers: dict[object, Decimal] = defaultdict(Decimal)
    days: dict[object, Decimal] = defaultdict(Decimal)
    for day, one, whose in _all(ledger):
        corrects = day is not None
        local, proxy = day or one.name.local_day, one.name.proxy
        team = (local, proxy, one.team_id, whose.attributed)
        pull = (whose.repository, whose.pull_request, whose.use_case, one.name.model)
        for table, dimensions in ((coarse, team), (fine, (*team, *pull, whose.cost_center))):
            _add(table, dimensions, _of_cell(one, corrects=corrects))
        totals[one.name.day, proxy, one.team_id] += one.cost
        days[local, one.team_id] += one.cost
        if whose.attributed:
            payers[whose.repository, one.team_id] += one.cost
    said = {(t.day, t.proxy, t.team_id): t.spend for t in ledger.team_totals(*ALL)}
    paid = {(p.repository, p.team_id): p.cost for p in ledger.payers()}
    return (
        _of_spent(ledger.spent(*ALL), fine=True) == fine
        and _of_spent(ledger.spent_by_team(*ALL), fine=False) == coarse
        and said == totals
        and paid == payers
        and days == {(t.local_day, t.team_id): t.cost for t in ledger.day_totals(*ALL)}
    )


def _all(ledger: SqlLedger) -> list[tuple[date | None, Cell, LedgerKey]]:
    return [
        *((None, one, whose) for one, whose in ledger.cells(*ALL)),
        *ledger.corrections(*ALL),
    ]


def _of_cell(one: Cell, *, corrects: bool) -> Sums:
    return (
        one.cost,
        one.requests,
        one.unpriced,
        tuple(one.parts.get(bucket, Part()).tokens for bucket in _TOKENS),
        one.cost if one.state is EntryState.OPEN else Decimal(0),
        one.cost if corrects else Decimal(0),
    )


def _add(table: dict[object, Sums], dimensions: object, more: Sums) -> None:
    cost, requests, unpriced, tokens, still_open, corrected = table.get(
        dimensions, (Decimal(0), 0, 0, (0, 0, 0, 0), Decimal(0), Decimal(0))
    )
    table[dimensions] = (
        cost + more[0],
        requests + more[1],
        unpriced + more[2],
        tuple(a + b for a, b in zip(tokens, more[3], strict=True)),
        still_open + more[4],
        corrected + more[5],
    )


def _of_spent(rows: object, *, fine: bool) -> dict[object, Sums]:
    """Of each dimension there is one row, or one overwrites the other here and is missed."""
    found: dict[object, Sums] = {}
    for s in rows:  # type: ignore[attr-defined]
        assert isinstance(s, Spent)
        dimensions: tuple[object, ...] = (s.local_day, s.proxy, s.team_id, s.attributed)
        if fine:
            dimensions += (s.repository, s.pull_request, s.use_case, s.model, s.cost_center)
        tokens = (s.input_tokens, s.output_tokens, s.cache_read_tokens, s.cache_write_tokens)
        found[dimensions] = (s.cost, s.requests, s.unpriced, tokens, s.open_cost, s.corrected)
    return found
