"""Cells, keys and clocks of the ledger's tests."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from ci_tokengate.adapters.ledger.open import open_ledger
from ci_tokengate.adapters.ledger.store import SqlLedger
from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, EntryState, LedgerKey, Part
from ci_tokengate.core.money import exact_sum
from tests.docs.tables import ROOT

PROXY = "https://llm.acme.example"
TODAY = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
ALL = (date(2020, 1, 1), date(2030, 1, 1))


class At:
    """A clock that stands, until it is moved."""

    def __init__(self, now: datetime = TODAY) -> None:
        self.moment, self.slept = now, 0

    def now(self) -> datetime:
        return self.moment

    def sleep(self, _seconds: float) -> None:
        self.slept += 1


def opened(
    url: str, *, zone: str = "UTC", actors: str = "drop", clock: At | None = None
) -> SqlLedger:
    return open_ledger(url, create_zone=zone, actors=actors, clock=clock or At())


def key_id(number: int) -> str:
    return f"{number:064x}"


def cell(
    key: int = 1,
    version: int = 1,
    cost: str = "1",
    *,
    day: date = date(2026, 11, 3),
    local_day: date | None = None,
    model: str = "claude-sonnet",
    team: str = "payments",
    state: EntryState = EntryState.OPEN,
    rest: str = "0",
    unpriced: int = 0,
) -> Cell:
    """Half of `cost` (USD) is the input's, half the output's, `rest` comes on top."""
    half = Decimal(cost) / 2
    parts = {
        Bucket.INPUT: Part(tokens=100 * version, cost=half),
        Bucket.OUTPUT: Part(tokens=10 * version, cost=half),
    }
    if Decimal(rest):
        parts[Bucket.REST] = Part(cost=Decimal(rest))
    name = CellName(
        proxy=PROXY, key_id=key_id(key), day=day, local_day=local_day or day, model=model
    )
    return Cell(
        name=name,
        team_id=team,
        provider_model=f"anthropic/{model}",
        version=version,
        requests=version,
        unpriced=unpriced,
        state=state,
        parts=parts,
    )


def key(number: int = 1, *, pull: int | None = 7, **more: Any) -> LedgerKey:
    told = {"repository": "acme/shop", "use_case": "code-review", "team_id": "payments", **more}
    return LedgerKey(proxy=PROXY, key_id=key_id(number), pull_request=pull, **told)


def total(ledger: SqlLedger) -> Decimal:
    """All that the ledger holds, by its own reports (USD)."""
    return exact_sum(spent.cost for spent in ledger.spent(*ALL))


def settled(one: Cell) -> Cell:
    return replace(one, state=EntryState.SETTLED)


def later(days: int) -> datetime:
    return TODAY + timedelta(days=days)


def run_of(module: str, *arguments: str, seconds: int = 120) -> str:
    """What a module beside the tests prints, run as a process of its own that ends well and complains of nothing."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.adapters.ledger.{module}", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=seconds,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
