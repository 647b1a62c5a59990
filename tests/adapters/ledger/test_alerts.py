"""The ledger as the watchers' memory, on both engines: once, by whoever is first, and nothing is lost."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import create_engine, text

from ci_tokengate.adapters.ledger.alerts import TAKEN_FOR
from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.alert import Alert
from ci_tokengate.core.watch.incident import NEWS_FOR
from tests.adapters.ledger.made import At, opened, run_of
from tests.adapters.ledger.older import set_back
from tests.render.watch.made import AT, spike, tier

SINKS = ("slack", "webhook")
ALERTS: list[Alert] = [spike(number=1), spike(number=2), tier(Tier.RED, "250")]


def test_an_alert_comes_back_as_it_was_and_each_sink_is_owed_it_once(url: str) -> None:
    with opened(url, clock=At(AT)) as ledger:
        book = ledger.alert_book()
        book.put(ALERTS, SINKS)
        assert {r.key for r in book.raised()} == {a.key for a in ALERTS}
        assert {r.at for r in book.raised()} == {AT}
        for sink in SINKS:
            taken = book.take(sink)
            assert sorted(taken, key=lambda a: a.key) == sorted(ALERTS, key=lambda a: a.key)
            for alert in taken:
                book.settle(alert, sink, told=True)
            assert book.take(sink) == []
        assert book.take("github") == []


def test_what_was_put_before_is_owed_only_to_a_sink_that_came_later(url: str) -> None:
    with opened(url, clock=At(AT)) as ledger:
        book = ledger.alert_book()
        book.put(ALERTS, ("slack",))
        book.take("slack")
        book.put(ALERTS, ("slack", "webhook"))
        assert (book.take("slack"), len(book.take("webhook"))) == ([], 3)


def test_what_could_not_be_told_is_taken_again_at_once(url: str) -> None:
    with opened(url, clock=At(AT)) as ledger:
        book = ledger.alert_book()
        book.put(ALERTS[:1], SINKS)
        [alert] = book.take("slack")
        book.settle(alert, "slack", told=False)
        assert book.take("slack") == [alert]


def test_of_two_watchers_one_takes_it_and_a_dead_ones_is_taken_over(url: str) -> None:
    clock = At(AT)
    with opened(url, clock=clock) as one, opened(url, clock=clock) as two:
        one.alert_book().put(ALERTS[:1], SINKS)
        assert len(one.alert_book().take("slack")) == 1
        assert two.alert_book().take("slack") == []
        clock.moment += TAKEN_FOR + timedelta(seconds=1)
        assert len(two.alert_book().take("slack")) == 1
        assert one.alert_book().take("slack") == []


def test_what_nobody_told_for_a_week_is_no_news(url: str) -> None:
    clock = At(AT)
    with opened(url, clock=clock) as ledger:
        ledger.alert_book().put(ALERTS, SINKS)
        clock.moment += NEWS_FOR + timedelta(seconds=1)
        assert ledger.alert_book().take("slack") == []
        assert len(ledger.alert_book().raised()) == len(ALERTS)


def test_what_another_version_wrote_is_left_out_and_stops_nothing(url: str) -> None:
    with opened(url, clock=At(AT)) as ledger:
        ledger.alert_book().put(ALERTS, SINKS)
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alerts SET body = '{}' WHERE kind = 'spike'"))
        engine.dispose()
        assert ledger.alert_book().take("slack") == [ALERTS[2]]


def test_eight_watchers_at_once_tell_each_alert_once(url: str) -> None:
    """Each of a process of its own, all at the same alerts."""
    opened(url).close()
    said = run_of("watchers", url)
    told = said.split()
    assert len(told) == len(set(told)) == 2 * 40


def test_threads_of_one_process_do_so_too(url: str) -> None:
    with opened(url, clock=At(AT)) as ledger:
        ledger.alert_book().put([spike(number=n) for n in range(20)], ("slack",))
    told: list[str] = []

    def watch() -> None:
        with opened(url, clock=At(AT)) as own:
            told.extend(alert.key.id for alert in own.alert_book().take("slack"))

    threads = [threading.Thread(target=watch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(set(told)) == 20


def test_a_ledger_of_the_schema_before_is_brought_up_to_date(url: str) -> None:
    """By whoever opens it, `watch` too, which makes none."""
    from ci_tokengate.adapters.ledger.open import open_ledger

    opened(url).close()
    set_back(url, "0002")
    with open_ledger(url, create_zone=None, actors="drop", clock=At(AT)) as ledger:
        ledger.alert_book().put(ALERTS, SINKS)
        assert len(ledger.alert_book().take("slack")) == 3
