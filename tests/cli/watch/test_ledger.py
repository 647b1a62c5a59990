"""What a ledger knows of a day, and when the proxy's log is asked all the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, EntryState, LedgerKey, Part
from ci_tokengate.wiring.ledgers import open_ledger
from tests.cli.watch.conftest import NOW, POLICY, Scene
from tests.fakes import FakeClock
from tests.stage.days import ROUTES, reader

NO_LOG = tuple(r for r in ROUTES if r != "/spend/logs/v2")


def book(scene: Scene, at: datetime, usd: str, *, run: int, job: str, zone: str = "UTC") -> None:
    """What `collect` would have left of one key of payments-squad."""
    scene.extra["TOKENGATE_LEDGER_URL"] = url = f"sqlite:///{scene.folder}/ledger.db"
    key_id = f"{run:064x}"
    name = CellName(
        proxy=scene.sandbox.url,
        key_id=key_id,
        day=at.date(),
        local_day=at.date(),
        model="claude-opus",
    )
    cell = Cell(
        name=name,
        team_id="payments-squad",
        provider_model="anthropic/claude-opus",
        version=1,
        requests=12,
        state=EntryState.OPEN,
        parts={Bucket.INPUT: Part(tokens=10, cost=Decimal(usd))},
    )
    key = LedgerKey(
        proxy=scene.sandbox.url,
        key_id=key_id,
        team_id="payments-squad",
        repository="acme/infra",
        pull_request=9,
        run_id=f"{run}",
        run_attempt=1,
        job=job,
        use_case="refactor",
    )
    with open_ledger(url, create_zone=zone, clock=FakeClock(NOW)) as ledger:
        ledger.accept([cell], [key])


def today(scene: Scene, usd: str, *, zone: str = "UTC", before: str = "nightly") -> None:
    for back in range(1, 8):
        at = NOW - timedelta(days=back)
        book(scene, at, "10", run=back, job=before, zone=zone)
    book(scene, NOW, usd, run=77, job="nightly", zone=zone)


def test_a_ledger_that_has_the_day_says_what_it_is_made_of(spiking: Scene) -> None:
    today(spiking, "49")
    reader(spiking.sandbox, NO_LOG)
    team = spiking.team("payments-squad")
    assert team["breakdown"]["covered_usd"] == "49"
    assert [j["name"] for j in team["breakdown"]["jobs"]] == ["nightly of acme/infra"]
    assert team["breakdown"]["jobs"][0]["calls"] == 12
    assert team["cause"]["kind"] == "long-agent"


def test_what_the_week_before_had_is_known_by_the_ledger(spiking: Scene) -> None:
    today(spiking, "49", before="review")
    assert spiking.team("payments-squad")["cause"]["kind"] == "new-job"


def test_a_ledger_that_was_filled_in_the_morning_does_not_explain_the_afternoon(
    spiking: Scene,
) -> None:
    today(spiking, "20")
    made = spiking.team("payments-squad")["breakdown"]
    assert (made["covered_usd"], made["jobs"][0]["name"]) == ("50", "review of acme/shop")


@pytest.mark.parametrize("zone", ["Europe/Berlin"])
def test_a_ledger_of_another_zone_is_not_believed_about_the_day(spiking: Scene, zone: str) -> None:
    today(spiking, "49", zone="Asia/Tokyo")
    spiking.policy(POLICY + f"zone: {zone}\n")
    made = spiking.team("payments-squad")["breakdown"]
    assert made["jobs"][0]["name"] == "review of acme/shop"


def test_another_proxys_spend_in_the_same_ledger_is_not_this_ones(spiking: Scene) -> None:
    today(spiking, "49")
    url = spiking.extra["TOKENGATE_LEDGER_URL"]
    from sqlalchemy import create_engine, text

    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE keys SET proxy = 'https://other.example'"))
    engine.dispose()
    assert spiking.team("payments-squad")["breakdown"]["jobs"][0]["name"] == "review of acme/shop"
