"""What a ledger should do, in memory and in the simplest way: the store is held against it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, EntryState, LedgerKey

Sums = tuple[Decimal, int, int, int, int, Decimal, Decimal]
"""Cost, requests, unpriced, tokens in, tokens out, still open, of corrections."""
_NOTHING: Sums = (Decimal(0), 0, 0, 0, 0, Decimal(0), Decimal(0))
Dimensions = tuple[date, str, str, int | None]
"""Local day, team, repository, pull request."""


def added(one: Sums, other: Sums, sign: int = 1) -> Sums:
    return (
        one[0] + sign * other[0],
        one[1] + sign * other[1],
        one[2] + sign * other[2],
        one[3] + sign * other[3],
        one[4] + sign * other[4],
        one[5] + sign * other[5],
        one[6] + sign * other[6],
    )


def figures(cell: Cell) -> Sums:
    tokens = [cell.parts[b].tokens if b in cell.parts else 0 for b in (Bucket.INPUT, Bucket.OUTPUT)]
    return (cell.cost, cell.requests, cell.unpriced, *tokens, Decimal(0), Decimal(0))  # type: ignore[return-value]


def month(day: date) -> str:
    return f"{day:%Y-%m}"


@dataclass
class Model:
    """`entries` by cell, `corrections` by cell and version, `frozen` what was forgotten."""

    entries: dict[CellName, Cell] = field(default_factory=dict)
    corrections: dict[tuple[CellName, int], tuple[date, Sums]] = field(default_factory=dict)
    newest: dict[CellName, Cell] = field(default_factory=dict)
    keys: dict[str, LedgerKey] = field(default_factory=dict)
    closed: dict[str, date] = field(default_factory=dict)
    frozen: dict[Dimensions, Sums] = field(default_factory=dict)
    read: set[date] = field(default_factory=set)

    def accept(self, cell: Cell, today: date) -> None:
        name, day = cell.name, cell.name.local_day
        before = self.newest.get(name)
        if month(day) in self.closed and day < self.closed[month(day)]:
            return
        if before is not None and cell.version < before.version:
            return
        if before is not None and cell.version == before.version:
            if month(day) not in self.closed and cell.state is EntryState.SETTLED:
                self.entries[name] = self.newest[name] = cell
            return
        if month(day) in self.closed:
            more = added(figures(cell), figures(before) if before else _NOTHING, -1)
            self.corrections[name, cell.version] = (today, more)
        else:
            self.entries[name] = cell
        self.newest[name] = cell

    def settle(self, day: date) -> None:
        self.read.add(day)
        for name, cell in self.entries.items():
            if name.day == day and cell.state is EntryState.OPEN:
                self.entries[name] = self.newest[name] = replace(cell, state=EntryState.SETTLED)

    def may_close(self, wanted: str, today: date) -> bool:
        still_open = any(
            month(name.local_day) == wanted and cell.state is EntryState.OPEN
            for name, cell in self.entries.items()
        )
        return wanted < month(today) and (wanted in self.closed or not still_open)

    def unread(self, wanted: str) -> bool:
        """Has a month that is not closed yet a day that was not read, since any was?"""
        ever = min(self.read, default=date.max)
        days = {ever + timedelta(days=n) for n in range(100)} if self.read else set()
        return wanted not in self.closed and any(
            month(day) == wanted and day not in self.read for day in days
        )

    def close(self, wanted: str) -> None:
        self.closed.setdefault(wanted, date.min)

    def forget(self, before: date) -> None:
        self.frozen = self.spent()
        gone = {m for m in self.closed if m <= month(before)}
        touched = set()
        for name in list(self.entries):
            if month(name.local_day) in gone and name.local_day < before:
                touched.add(name.key_id)
                del self.entries[name]
        for of, (booked, _) in list(self.corrections.items()):
            if month(booked) in gone and booked < before:
                touched.add(of[0].key_id)
                del self.corrections[of]
        for m in gone:
            self.closed[m] = max(self.closed[m], before)
        left = {n.key_id for n in self.entries} | {n.key_id for n, _ in self.corrections}
        for key_id in touched - left:
            self.keys.pop(key_id, None)
        self._keep_frozen()

    def _keep_frozen(self) -> None:
        """What still stands in entries is reckoned from them; the rest is what was."""
        live = self._live()
        self.frozen = {d: added(s, live.get(d, _NOTHING), -1) for d, s in self.frozen.items()}

    def _live(self) -> dict[Dimensions, Sums]:
        found: dict[Dimensions, Sums] = defaultdict(lambda: _NOTHING)
        for name, cell in self.entries.items():
            still = cell.cost if cell.state is EntryState.OPEN else Decimal(0)
            of = self._dimensions(name.local_day, name, cell.team_id)
            found[of] = added(found[of], (*figures(cell)[:5], still, Decimal(0)))
        for (name, _), (booked, sums) in self.corrections.items():
            of = self._dimensions(booked, name, self.newest[name].team_id)
            found[of] = added(found[of], (*sums[:5], Decimal(0), sums[0]))
        return found

    def spent(self) -> dict[Dimensions, Sums]:
        live = self._live()
        every = {
            d: added(live.get(d, _NOTHING), self.frozen.get(d, _NOTHING))
            for d in {*live, *self.frozen}
        }
        return {d: s for d, s in every.items() if s != _NOTHING}

    def _dimensions(self, day: date, name: CellName, team: str) -> Dimensions:
        whose = self.keys.get(name.key_id)
        return (day, team, whose.repository if whose else "", whose.pull_request if whose else None)
