"""Collecting into a ledger, whichever proxy is read: all of a key's spend, once, however often it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.core.capabilities import ByModel
from ci_tokengate.core.ledger.accrue import Accrual
from ci_tokengate.core.scope import of_pull_request
from ci_tokengate.core.usage import total
from ci_tokengate.lifecycle.book import book
from ci_tokengate.ports.spend_log import SpendLog
from ci_tokengate.wiring.ledgers import open_ledger
from ci_tokengate.wiring.proxies import clock
from ci_tokengate.wiring.spend_logs import open_spend_log
from tests.contract.adapters.world import DAWN, TO_THE_PRODUCT, World

DAY = timedelta(days=1)


def log_of(each: World) -> SpendLog:
    return open_spend_log(each.site, "", each.minter_key, Deadline(60))


def spent(each: World, number: int) -> World:
    """A pull request with a call of each of two models, on a day that the proxy tells by now."""
    own = replace(each, prefix=each.prefix.replace("#12:", f"#{number}:"))
    late = DAY if each.able.by_model is ByModel.NEXT_DAY else timedelta(0)
    own.move(-late)
    key = own.mint(
        attribution={
            "version": 1,
            "repository": own.prefix.removeprefix("tokengate:").partition("#")[0],
            "pull_request": number,
            "cost_center": "ENGG-PAYMENTS",
        }
    )
    statuses = [own.call(key, model=model) for model in ("claude-haiku", "claude-sonnet")]
    own.move(late)
    assert statuses == [200, 200]
    own.rows(own.prefix, "0.006")
    return own


def today(each: World) -> datetime:
    late = DAY if each.able.by_model is ByModel.NEXT_DAY else timedelta(0)
    return datetime.now(timezone.utc) - late


def test_a_day_holds_what_was_called_on_it_by_model(each: World) -> None:
    own = spent(each, 201)
    log = log_of(each)
    rows = [row for row in log.rows(today(each).date()) if row.alias.startswith(own.prefix)]
    assert {row.model for row in rows} == {"claude-haiku", "claude-sonnet"}
    assert total(rows).quantize(TO_THE_PRODUCT) == Decimal("0.0060")
    assert sum(row.calls for row in rows) == 2
    assert {row.started_at.date() for row in rows if row.started_at} == {today(each).date()}
    before = [r for r in log.rows(today(each).date() - DAY * 3) if r.alias.startswith(own.prefix)]
    assert before == []


def test_each_call_makes_a_day_longer(each: World) -> None:
    before = log_of(each).row_count(today(each).date())
    spent(each, 202)
    assert log_of(each).row_count(today(each).date()) > before


def test_a_pull_request_read_by_itself_makes_the_cells_that_its_day_makes(each: World) -> None:
    own = spent(each, 203)
    log = log_of(each)
    by_day, by_pull = Accrual(log.proxy), Accrual(log.proxy)
    for row in log.rows(today(each).date()):
        if row.alias.startswith(own.prefix):
            by_day.add(row)
    for row in log.rows_of(own.prefix, since=DAWN):
        by_pull.add(row)
    assert by_day.cells() == by_pull.cells()
    assert len(by_day.cells()) == 2


def test_a_keys_owner_is_known_while_it_lives_and_after(each: World) -> None:
    own = spent(each, 204)
    [key] = each.proxy().keys(prefix=own.prefix)
    alive = log_of(each).key(key.id)
    assert alive is not None
    assert (alive.alias, alive.attribution["pull_request"]) == (key.alias, 204)
    newest = next(k for k in log_of(each).newest_keys() if k.alias.startswith("tokengate:"))
    assert newest.created_at is not None
    ended = replace(each.handle(each.mint()), alias=key.alias, key_id=key.id)
    assert each.proxy().revoke(ended) is True
    dead = log_of(each).key(key.id)
    assert dead is not None
    assert (dead.alias, dead.attribution["pull_request"]) == (key.alias, 204)
    if each.site.kind != "openrouter":  # a name is all that it keeps
        assert dead.attribution["cost_center"] == "ENGG-PAYMENTS"


def test_writing_a_pull_request_to_a_ledger_twice_changes_nothing(
    each: World, tmp_path: Path
) -> None:
    own = spent(each, 205)
    repository = own.prefix.removeprefix("tokengate:").partition("#")[0]
    with open_ledger(f"sqlite:///{tmp_path / 'l.sqlite'}") as ledger:
        done = [
            book(
                each.proxy(),
                log_of(each),
                ledger,
                of_pull_request(repository, 205),
                opened_at=DAWN,
                zone=timezone.utc,
                clock=clock(),
            )
            for _ in range(2)
        ]
        cells = [cell for cell, _ in ledger.cells(DAWN.date(), today(each).date() + DAY)]
    assert (done[0].new, done[1].new, done[1].same) == (2, 0, 2)
    costs = [part.cost for cell in cells for part in cell.parts.values()]
    assert sum(costs, Decimal(0)).quantize(TO_THE_PRODUCT) == Decimal("0.0060")


def test_a_credential_that_does_not_see_all_says_so(each: World) -> None:
    assert log_of(each).sight().whole is False
