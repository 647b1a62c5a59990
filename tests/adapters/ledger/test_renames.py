"""A repository's new name, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from ci_tokengate.core.ledger.entry import Bucket, Cell, CellName, LedgerKey, Part
from ci_tokengate.core.ledger.records import PullRecord, PullsRead
from ci_tokengate.wiring.ledgers import open_ledger

DAY = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
OLD, NEW = "acme/shop", "globex/store"
EVER = (date(2026, 1, 1), date(2027, 1, 1))


def a_cell(key_id: str) -> Cell:
    name = CellName(proxy="p", key_id=key_id, day=DAY, local_day=DAY, model="m")
    parts = {Bucket.INPUT: Part(tokens=1, cost=Decimal("0.5"))}
    return Cell(name=name, team_id="t", provider_model="m", version=1, requests=1, parts=parts)


def a_key(key_id: str, repository: str, pull: int) -> LedgerKey:
    return LedgerKey(proxy="p", key_id=key_id, repository=repository, pull_request=pull)


def test_keys_sums_and_pull_requests_move_and_the_newer_of_two_stays(url: str) -> None:
    pull = PullRecord(host="h", repository=OLD, number=1, updated_at=AT, merged_at=AT)
    later = AT + timedelta(hours=1)
    with open_ledger(url) as ledger:
        keys = [a_key("1", OLD, 1), a_key("2", NEW, 1), a_key("3", "acme/shopper", 1)]
        ledger.accept([a_cell("1"), a_cell("2"), a_cell("3")], keys)
        ledger.put_pulls([pull, replace(pull, number=2, head_ref="old")])
        newer = replace(pull, repository=NEW, number=2, updated_at=later, head_ref="new")
        ledger.put_pulls([newer])
        assert len(list(ledger.spent(*EVER))) == 3
        for _ in range(2):  # twice is once
            ledger.rename_repository(OLD, NEW)
        spent = {(s.repository, s.cost, s.requests) for s in ledger.spent(*EVER)}
        assert spent == {(NEW, Decimal(1), 2), ("acme/shopper", Decimal("0.5"), 1)}
        assert ledger.repositories() == ["acme/shopper", NEW]
        found = list(ledger.pulls(AT, AT + timedelta(days=1)))
        assert [(p.repository, p.number, p.head_ref) for p in found] == [
            (NEW, 1, ""),
            (NEW, 2, "new"),
        ]


def test_what_was_read_under_both_names_is_read_under_the_new_one(url: str) -> None:
    earlier, later = AT - timedelta(days=9), AT + timedelta(days=9)
    read = PullsRead(host="h", repository=OLD, since=earlier, until=AT)
    with open_ledger(url) as ledger:
        ledger.put_pulls_read(read)
        ledger.put_pulls_read(replace(read, repository=NEW, since=AT, until=later))
        for _ in range(2):
            ledger.rename_repository(OLD, NEW)
        assert ledger.pulls_read() == [replace(read, repository=NEW, until=later)]


def test_readings_are_joined_in_any_order_and_one_that_was_not_ended_takes_nothing_away(
    url: str,
) -> None:
    earlier = AT - timedelta(days=9)
    begun = PullsRead(host="h", repository=OLD, since=AT)
    whole = PullsRead(host="h", repository=OLD, since=earlier, until=AT)
    for number, order in enumerate(([begun, whole], [whole, begun], [begun, whole, begun, whole])):
        with open_ledger(url) as ledger:
            for read in order:
                ledger.put_pulls_read(replace(read, repository=f"acme/{number}"))
            assert ledger.pulls_read()[number] == replace(whole, repository=f"acme/{number}")
