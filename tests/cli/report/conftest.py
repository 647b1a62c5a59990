from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, EntryState, LedgerKey, Part
from ci_tokengate.core.ledger.records import BudgetRecord, DayRead, PullRecord, TeamDay
from ci_tokengate.wiring.ledgers import open_ledger
from tests.core.showback.readings import PROXY, merged, pulls_read, reads
from tests.fakes import FakeClock
from tests.stage.entries import Done, run_cli

POLICY = """\
version: 1
teams:
  payments-squad: {plan: 4000, cost-center: ENGG-PAYMENTS}
  search-squad: {plan: 1000, cost-center: ENGG-SEARCH}
use-cases:
  code-review: {models: [claude-sonnet], cap-per-run: 2.00, tier: middle}
models: {claude-haiku: fast, claude-sonnet: middle, claude-opus: strong}
"""
NOW = datetime(2026, 11, 9, 8, tzinfo=timezone.utc)
Report = Callable[..., Done]


def fill(url: str, *, at_proxy: str = "3200", zone: str = "UTC") -> None:
    """$3,200 over 85 merged pull requests, and $1,100 over 20, in October 2026."""
    with open_ledger(url, create_zone=zone, clock=FakeClock(NOW)) as ledger:
        day = datetime(2026, 10, 5).date()  # noqa: DTZ001 - a day of the calendar
        for number, (team, cost) in enumerate(
            (("payments-squad", "3200"), ("search-squad", "1100")), 1
        ):
            key_id, repository = f"{number:064x}", f"acme/{team}"
            name = CellName(
                proxy=PROXY, key_id=key_id, day=day, local_day=day, model="claude-sonnet"
            )
            parts = {Bucket.INPUT: Part(tokens=10**6, cost=Decimal(cost))}
            cell = Cell(
                name=name,
                team_id=team,
                provider_model="anthropic/claude-sonnet",
                version=1,
                requests=9,
                state=EntryState.SETTLED,
                parts=parts,
            )
            whose = LedgerKey(
                proxy=PROXY,
                key_id=key_id,
                team_id=team,
                repository=repository,
                pull_request=1,
                use_case="code-review",
            )
            ledger.accept([cell], [whose])
            count = 85 if number == 1 else 20
            pulls: list[PullRecord] = [
                merged(n, repository=repository) for n in range(1, count + 1)
            ]
            ledger.put_pulls(pulls)
            ledger.put_pulls_read(pulls_read(repository))
            said = at_proxy if number == 1 else cost
            ledger.put_team_days(
                [TeamDay(proxy=PROXY, team_id=team, day=day, spend=Decimal(said), read_at=NOW)]
            )
            plan = Decimal(4000 if number == 1 else 1000)
            ledger.put_budgets(
                [
                    BudgetRecord(
                        proxy=PROXY,
                        team_id=team,
                        team=team,
                        as_of=datetime(2026, 10, 31, tzinfo=timezone.utc),
                        plan=plan,
                        spend=Decimal(cost),
                    )
                ]
            )
        read: DayRead
        for read in reads():
            ledger.put_day_read(read)


@pytest.fixture(scope="module")
def ledger_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('ledger')}/ledger.db"
    fill(url)
    return url


@pytest.fixture
def report(ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """`ci-tokengate report --month 2026-10`, in a folder of its own with a policy."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.yml").write_text(POLICY, encoding="utf-8")

    def run(*args: str, **env: str) -> Done:
        about = {"TOKENGATE_LEDGER_URL": ledger_url, "TOKENGATE_POLICY": "policy.yml"}
        month = [] if "--month" in args else ["--month", "2026-10"]
        return run_cli(
            {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **about, **env},
            "report",
            *month,
            *args,
        )

    return run
