"""Days of the log: whole, once, again where they may have grown, and never lowered."""

from __future__ import annotations

import random
import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ci_tokengate.commands.collect import Wanted, collect
from ci_tokengate.core.ledger.collected import Collected, Outcome
from ci_tokengate.errors import ProxyUnavailableError, UsageError
from ci_tokengate.ports.ledger import Ledger
from ci_tokengate.wiring.ledgers import open_ledger
from tests.commands.collect.reading import everything, figures, spent, states, total
from tests.core.usage_rows import a_row, an_alias
from tests.fake_log import FakeLog, at

FIRST = date(2026, 11, 20)


def run(log: FakeLog, ledger: Ledger, **wanted: object) -> Collected:
    return collect(log, None, ledger, Wanted(**({"first": FIRST} | wanted)))  # type: ignore[arg-type]


def outcomes(found: Collected) -> dict[int, str]:
    return {day.day.day: day.outcome.value for day in found.days}


def fill(log: FakeLog, days: range = range(20, 24), rows: int = 5) -> None:
    for day in days:
        for n in range(rows):
            pr = an_alias(scope=str(n % 3))
            ours = {"key_id": f"id-{n % 3}", "alias": pr, "team_id": "t"}
            others = {"key_id": "somebody", "alias": "", "team_id": "u"}
            more = ours if n % 2 else others
            log.log.append(
                a_row(
                    f"0.{n}00000000000000{day}", started_at=at(day) + timedelta(minutes=n), **more
                )
            )


def test_the_ledger_is_the_sum_of_the_rows_with_what_is_nobodys(
    log: FakeLog, ledger: Ledger
) -> None:
    fill(log)
    found = run(log, ledger)
    assert abs(total(ledger) - spent(log.log)) < Decimal("1e-9")
    sums = found.reconciliation
    assert (sums.difference, sums.ledger) == (Decimal(0), total(ledger))
    theirs = spent([r for r in log.log if not r.alias])
    assert abs(sums.ledger - sums.attributed - theirs) < Decimal("1e-9")
    assert sums.coverage == sums.attributed / sums.ledger


def test_twice_gives_the_same_and_reads_nothing_again(log: FakeLog, ledger: Ledger) -> None:
    fill(log)
    run(log, ledger)
    before = figures(ledger)
    log.read.clear()
    again = run(log, ledger)
    assert figures(ledger) == before
    assert log.read == []
    assert outcomes(again) == {20: "settled", 21: "settled", 22: "unchanged", 23: "unchanged"}


def test_only_the_day_that_grew_is_read_again(log: FakeLog, ledger: Ledger) -> None:
    fill(log)
    run(log, ledger)
    log.read.clear()
    log.log.append(a_row("1.5", started_at=at(23, 13)))
    found = run(log, ledger)
    assert log.read == [date(2026, 11, 23)]
    assert [d.accepted.newer + d.accepted.new for d in found.days if d.rows] == [1]
    assert abs(total(ledger) - spent(log.log)) < Decimal("1e-9")


def test_what_was_provisional_is_read_once_more_a_day_after_its_end_and_settles_after_that(
    log: FakeLog, ledger: Ledger
) -> None:
    fill(log, range(23, 24))
    day = {"first": date(2026, 11, 23), "end": date(2026, 11, 24)}
    told = []
    for now in (at(23), at(24, 23), at(25, 1), at(25, 2), at(25, 3)):
        log.now = now
        log.read.clear()
        found = run(log, ledger, **day)
        told.append((found.days[0].outcome, bool(log.read), found.days[0].settled))
    assert told == [
        (Outcome.READ, True, False),
        (Outcome.UNCHANGED, False, False),
        (Outcome.READ, True, False),
        (Outcome.SETTLED, False, True),
        (Outcome.SETTLED, False, True),
    ]
    assert set(states(ledger).values()) == {"settled"}


def test_late_spend_opens_a_settled_day_again(log: FakeLog, ledger: Ledger) -> None:
    fill(log, range(20, 21))
    run(log, ledger)
    run(log, ledger)
    assert states(ledger)[FIRST] == "settled"
    log.log.append(a_row("7", key_id="late", alias=an_alias(), started_at=at(20, 23)))
    found = run(log, ledger)
    assert not found.days[0].settled
    assert abs(total(ledger) - spent(log.log)) < Decimal("1e-9")
    assert run(log, ledger).days[0].settled
    assert set(states(ledger).values()) == {"settled"}


def test_days_in_any_order_and_pieces_give_the_same(log: FakeLog, url: str) -> None:
    fill(log)
    kept = []
    for seed in range(4):
        days = [date(2026, 11, d) for d in range(20, 24)] * 2
        random.Random(seed).shuffle(days)
        with open_ledger(url.replace("ledger.db", f"{seed}.db")) as ledger:
            for day in days:
                run(log, ledger, first=day, end=day + timedelta(days=1))
            kept.append(figures(ledger))
    assert kept[1:] == kept[:-1]


def test_several_at_once_give_the_same(log: FakeLog, either_url: str) -> None:
    fill(log, rows=40)
    errors: list[BaseException] = []

    def collector() -> None:
        try:
            with open_ledger(either_url) as own:
                run(log, own)
        except BaseException as error:  # noqa: BLE001 - told by the test
            errors.append(error)

    threads = [threading.Thread(target=collector) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with open_ledger(either_url) as ledger:
        assert abs(total(ledger) - spent(log.log)) < Decimal("1e-9")
        assert sum(c.version for c, _ in everything(ledger)) == len(log.log)


def test_a_run_that_is_ended_in_a_day_leaves_whole_days_and_the_next_goes_on(
    log: FakeLog, ledger: Ledger
) -> None:
    fill(log)

    def broken(number: int) -> None:
        if len(log.read) == 3 and number == 2:
            raise ProxyUnavailableError("The proxy broke off.")

    log.before_row = broken
    with pytest.raises(ProxyUnavailableError):
        run(log, ledger)
    assert sorted(states(ledger)) == [date(2026, 11, 22), date(2026, 11, 23)]
    log.before_row = lambda _: None
    log.read.clear()
    run(log, ledger)
    assert log.read == [date(2026, 11, 21), date(2026, 11, 20)]
    assert abs(total(ledger) - spent(log.log)) < Decimal("1e-9")


def test_rows_that_come_while_a_day_is_read_are_seen_by_the_next(
    log: FakeLog, ledger: Ledger
) -> None:
    fill(log, range(23, 24))
    late = a_row("3", started_at=at(23, 13))
    log.before_row = lambda number: log.log.append(late) if number == 4 else None
    run(log, ledger)
    log.before_row = lambda _: None
    run(log, ledger)
    assert abs(total(ledger) - spent(log.log)) < Decimal("1e-9")


def test_what_a_pruned_log_shows_no_more_is_named_and_stays(log: FakeLog, ledger: Ledger) -> None:
    fill(log)
    run(log, ledger)
    run(log, ledger)
    whole = total(ledger)
    gone = [r for r in log.log if r.started_at and r.started_at < at(20) + timedelta(minutes=3)]
    log.log = [r for r in log.log if r not in gone]
    found = run(log, ledger)
    named = {day.day: day.gone for day in found.days if day.gone}
    assert list(named) == [FIRST]
    assert abs(named[FIRST] - spent(gone)) < Decimal("1e-9")
    assert found.days[0].settled
    assert total(ledger) == whole
    log.log = [r for r in log.log if r.started_at and r.started_at > at(21, 0)]
    again = run(log, ledger)
    assert abs(again.days[0].gone - spent_on(ledger, FIRST)) < Decimal("1e-9")
    assert total(ledger) == whole
    assert run(log, ledger).days[0].gone == again.days[0].gone


def spent_on(ledger: Ledger, day: date) -> Decimal:
    return sum((c.cost for c, _ in everything(ledger) if c.name.day == day), Decimal(0))


def test_what_was_pruned_before_it_was_ever_read_shows_as_a_difference(
    log: FakeLog, ledger: Ledger
) -> None:
    log.sums[FIRST, "t"] = Decimal("4.25")
    found = run(log, ledger)
    (line,) = found.reconciliation.differing
    assert (line.day, line.team_id) == (FIRST, "t")
    assert (line.ledger, line.difference) == (Decimal(0), Decimal("4.25"))
    assert line.provisional
    (settled,) = run(log, ledger).reconciliation.differing
    assert not settled.provisional


def test_a_sum_that_the_proxy_leaves_out_is_a_difference_too(log: FakeLog, ledger: Ledger) -> None:
    fill(log, range(20, 21))
    log.team_days = lambda day: []  # type: ignore[method-assign]
    found = run(log, ledger)
    assert {line.proxy for line in found.reconciliation.lines} == {Decimal(0)}
    assert found.reconciliation.difference == -total(ledger)


def test_a_credential_that_sees_less_says_nothing_of_days_that_another_read_whole(
    log: FakeLog, ledger: Ledger
) -> None:
    fill(log)
    run(log, ledger)
    before = ledger.days_read(log.proxy)
    log.whole = False
    found = run(log, ledger)
    assert ledger.days_read(log.proxy) == before
    assert (found.reconciliation.proxy, found.gone) == (None, Decimal(0))
    assert abs(total(ledger) - spent(log.log)) < Decimal("1e-9")


def test_a_whole_reading_follows_one_of_less(log: FakeLog, ledger: Ledger) -> None:
    fill(log)
    log.whole = False
    first = run(log, ledger)
    assert not any(read.whole for read in ledger.days_read(log.proxy))
    assert first.reconciliation.proxy is None
    ours = spent([r for r in log.log if r.alias])
    assert abs(total(ledger) - ours) < Decimal("1e-9")
    log.whole = True
    assert run(log, ledger).reconciliation.difference == 0
    assert all(read.whole for read in ledger.days_read(log.proxy))
    assert abs(total(ledger) - spent(log.log)) < Decimal("1e-9")


def test_a_clock_that_is_ahead_settles_nothing_early(log: FakeLog, ledger: Ledger) -> None:
    fill(log, range(23, 24))
    log.ahead = timedelta(days=9)
    for _ in range(3):
        found = run(log, ledger)
    assert found.end == date(2026, 11, 24)
    assert not any(day.settled for day in found.days if day.day.day == 23)


def test_days_to_come_are_refused(log: FakeLog, ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="There is no day to read from 2026-11-24 on"):
        run(log, ledger, first=date(2026, 11, 24))
    with pytest.raises(UsageError, match="no day to read"):
        run(log, ledger, end=FIRST)


def test_a_local_day_of_the_ledgers_zone_is_kept_beside_the_utc_day(log: FakeLog, url: str) -> None:
    log.log.append(a_row("1", started_at=at(23, 23)))
    log.now = at(24)
    with open_ledger(url, create_zone="Europe/Berlin") as ledger:
        found = run(log, ledger)
        (cell,) = [c for c, _ in everything(ledger)]
    assert found.zone == "Europe/Berlin"
    assert (cell.name.day.day, cell.name.local_day.day) == (23, 24)
