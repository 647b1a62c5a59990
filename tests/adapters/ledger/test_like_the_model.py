"""Whatever is done to a ledger, in whatever order, its sums are those of the model."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.engine import URL

from ci_tokengate.adapters.ledger.store import SqlLedger
from ci_tokengate.adapters.ledger.tables import METADATA
from ci_tokengate.core.ledger.entry import Cell, EntryState
from ci_tokengate.core.ledger.records import DayRead, Spent
from ci_tokengate.errors import UsageError
from tests.adapters.ledger.made import ALL, PROXY, At, cell, key, opened
from tests.adapters.ledger.model import Model, Sums
from tests.stage.postgres import database

_FIRST = date(2026, 9, 28)
_DAYS = st.integers(0, 40).map(lambda n: _FIRST + timedelta(days=n))
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""A thousand small writings wait for a disk longer than for anything else."""
_KEYS = st.integers(1, 4)


@st.composite
def readings(draw: st.DrawFn) -> Cell:
    """What a version holds is told by its number: two that read the same rows read the same."""
    number, version, day = draw(_KEYS), draw(st.integers(1, 4)), draw(_DAYS)
    cost = f"{version * number}.{2 * version:010}"
    return cell(
        number,
        version,
        cost,
        day=day,
        local_day=day + timedelta(days=draw(st.sampled_from([0, 0, 1]))),
        rest=f"-0.000000000{version}" if version % 2 else "0",
        unpriced=version % 2,
        team=f"team-{number % 2}",
        state=draw(st.sampled_from([EntryState.OPEN, EntryState.SETTLED])),
    )


def _sums(s: Spent) -> Sums:
    tokens = (s.input_tokens, s.output_tokens)
    return (s.cost, s.requests, s.unpriced, *tokens, s.open_cost, s.corrected)


class LedgerMachine(RuleBasedStateMachine):
    fresh: ClassVar[Callable[[At], SqlLedger]]

    def __init__(self) -> None:
        super().__init__()
        self.clock = At(datetime(2026, 10, 5, tzinfo=timezone.utc))
        self.ledger = type(self).fresh(self.clock)
        self.model = Model()
        self.read_at = 0

    @property
    def booking(self) -> date:
        return self.clock.moment.date()

    @rule(cells=st.lists(readings(), min_size=1, max_size=6), known=st.sets(_KEYS))
    def accept(self, cells: list[Cell], known: set[int]) -> None:
        self.ledger.accept(cells, [key(number, pull=number) for number in known])
        for one in sorted(cells, key=lambda c: (-c.version, c.state.value)):
            self.model.accept(one, self.booking)
        for number in known:
            whose = key(number, pull=number)
            self.model.keys[whose.key_id] = whose

    @rule(day=_DAYS)
    def settle(self, day: date) -> None:
        self.read_at += 1
        at = self.clock.moment + timedelta(seconds=self.read_at)
        self.ledger.put_day_read(DayRead(proxy=PROXY, day=day, rows=1, read_at=at, settled=True))
        self.model.settle(day)

    @rule()
    def settle_all(self) -> None:
        for day in {name.day for name in self.model.entries}:
            self.settle(day)

    @rule(month=st.sampled_from(["2026-09", "2026-10", "2026-11"]))
    def close(self, month: str) -> None:
        may, unread = self.model.may_close(month, self.booking), self.model.unread(month)
        if unread or not may:
            with pytest.raises(UsageError):
                self.ledger.close_month(month, unread=not unread)
        if may:
            self.ledger.close_month(month, unread=unread)
            self.model.close(month)

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.clock.moment += timedelta(days=days)

    @rule(day=_DAYS)
    def forget(self, day: date) -> None:
        self.ledger.forget_before(day)
        self.model.forget(day)

    @rule()
    def compare(self) -> None:
        """Not after each step: what is stale has to add up first."""
        self._compare_sums()
        found = {c.name: (c.version, c.cost, c.requests) for c, _ in self.ledger.cells(*ALL)}
        kept = {n: (c.version, c.cost, c.requests) for n, c in self.model.entries.items()}
        assert found == kept
        assert len(list(self.ledger.corrections(*ALL))) == len(self.model.corrections)

    def teardown(self) -> None:
        try:
            self.compare()
        finally:
            self.ledger.close()

    def _compare_sums(self) -> None:
        wanted = self.model.spent()
        found = {
            (s.local_day, s.team_id, s.repository, s.pull_request): _sums(s)
            for s in self.ledger.spent(*ALL)
        }
        assert {d: s for d, s in found.items() if any(s)} == wanted
        teams = sum(s.cost for s in self.ledger.spent_by_team(*ALL))
        totals = sum(t.spend for t in self.ledger.team_totals(*ALL))
        assert teams == totals == sum(s[0] for s in wanted.values())


def _run(fresh: Callable[[At], SqlLedger], examples: int) -> None:
    machine = type("Machine", (LedgerMachine,), {"fresh": staticmethod(fresh)})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=25, deadline=None)
    )


def test_a_ledger_in_sqlite_is_like_the_model() -> None:
    with tempfile.TemporaryDirectory(dir=_MEMORY) as folder:
        empty, used = Path(folder) / "empty.db", Path(folder) / "used.db"
        opened(f"sqlite:///{empty}").close()

        def fresh(clock: At) -> SqlLedger:
            for path in Path(folder).glob("used.db*"):
                path.unlink()
            shutil.copy(empty, used)
            return opened(f"sqlite:///{used}", clock=clock)

        _run(fresh, 30)


def test_a_ledger_in_postgresql_is_like_the_model(postgres: URL) -> None:
    tables = ", ".join(name for name in METADATA.tables if name != "settings")
    with database(postgres) as url:

        def fresh(clock: At) -> SqlLedger:
            ledger = opened(url, clock=clock)
            ledger._session.write(lambda c: c.execute(text(f"TRUNCATE {tables}")))
            return ledger

        _run(fresh, 6)
