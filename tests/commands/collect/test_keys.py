"""Whose spend is: looked up day by day, without holding more keys than could have spent."""

from __future__ import annotations

from datetime import date, timedelta

from ci_tokengate.commands.collect import Wanted, collect
from ci_tokengate.core.ledger.keys import KeyFacts
from ci_tokengate.lifecycle.keybook import KeyBook
from ci_tokengate.ports.ledger import Ledger
from tests.commands.collect.reading import everything
from tests.core.usage_rows import a_row, an_alias
from tests.fake_log import FakeLog, at


def a_fact(number: int, day: int) -> KeyFacts:
    about = {"repository": "acme/shop", "pull_request": 12, "cost_center": f"CC-{number}"}
    return KeyFacts(id=f"id-{number}", alias=an_alias(), created_at=at(day), attribution=about)


def test_cost_centers_come_from_keys_that_were_deleted_too(log: FakeLog, ledger: Ledger) -> None:
    log.listed = [a_fact(1, 21), a_fact(2, 23)]
    log.unlisted = [a_fact(3, 22)]
    log.log = [
        a_row("1", key_id=f"id-{n}", started_at=at(d, 13)) for n, d in ((1, 21), (2, 23), (3, 22))
    ]
    log.log.append(a_row("1", key_id="theirs", alias="chat", started_at=at(23)))
    collect(log, None, ledger, Wanted(first=date(2026, 11, 20)))
    found = {k.key_id: k.cost_center for _, k in everything(ledger)}
    assert found == {"id-1": "CC-1", "id-2": "CC-2", "id-3": "CC-3", "theirs": ""}
    assert log.asked == ["id-3"]


def test_no_more_keys_are_read_than_the_days_need(log: FakeLog) -> None:
    log.listed = [a_fact(day, day) for day in range(1, 24)]
    book = KeyBook(log)
    assert set(book.facts(date(2026, 11, 23), {"id-23"})) == {"id-23"}
    assert log.pulled == 1
    assert set(book.facts(date(2026, 11, 10), {"id-10"})) == {"id-10"}
    assert log.pulled == 14
    assert len(book._known) <= 5
    assert book.facts(date(2026, 11, 9), {"id-none"}) == {}
    assert log.pulled == 18


def test_a_key_without_a_time_is_found_all_the_same(log: FakeLog) -> None:
    old = KeyFacts(id="old", alias="a")
    log.listed = [a_fact(1, 20)]
    log.unlisted = [old]
    book = KeyBook(log)
    day = date(2026, 11, 20) + timedelta(days=30)
    assert book.facts(day, {"old"}) == {"old": old}
