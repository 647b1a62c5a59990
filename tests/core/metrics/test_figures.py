"""A month as metrics of its teams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal

from ci_tokengate.core.ledger.records import TeamDay
from ci_tokengate.core.metrics import values as m
from ci_tokengate.core.metrics.figures import team_metrics
from tests.core.showback.readings import DAY, NOW, PROXY, Books, a_policy, merged, reads, spent

PAY, SEARCH = "payments-squad", "search-squad"
Found = Mapping[m.Instrument, m.Metric]


def metrics(books: Books, month: str = "2026-10") -> Found:
    made = team_metrics(books.report(month), books.spent, books.in_ledger, books.at_proxy)
    return {metric.instrument: metric for metric in made}


def value(found: Found, instrument: m.Instrument, team: str = PAY, **more: str) -> Decimal | None:
    """None where there is no such point."""
    points = found[instrument].points if instrument in found else ()
    wanted = {"tokengate.team.name": team, **{k.replace("_", "."): v for k, v in more.items()}}
    fitting = [p.value for p in points if wanted.items() <= p.labels.items()]
    assert len(fitting) < 2
    return fitting[0] if fitting else None


def on(day: date, cost: str, team: str = PAY) -> TeamDay:
    return TeamDay(proxy=PROXY, team_id=team, day=day, spend=Decimal(cost), read_at=NOW)


def test_the_golden_ratio_of_spend_to_merged_pull_requests() -> None:
    books = Books(
        spent=[spent("3200", pull=1)] + [spent("0", pull=n) for n in range(2, 86)],
        pulls=[merged(n) for n in range(1, 86)],
    )
    found = metrics(books)
    assert value(found, m.MERGED, vcs_change_state="merged") == 85
    per_merged = value(found, m.PER_MERGED)
    assert per_merged is not None
    assert per_merged.quantize(Decimal("0.01")) == Decimal("37.65")


def test_without_a_merged_pull_request_there_is_no_ratio_and_no_zero_in_its_place() -> None:
    found = metrics(Books(spent=[spent("12.50")]))
    assert value(found, m.MERGED) == 0
    assert value(found, m.PER_MERGED) is None
    assert value(found, m.SPEND) == Decimal("12.50")


def test_utilization_and_tier_are_measured_against_the_plan() -> None:
    found = metrics(Books(spent=[spent("700")], policy=a_policy(payments_squad="800")))
    assert value(found, m.PLAN) == 800
    assert value(found, m.UTILIZATION) == Decimal("0.875")
    tiers = {p.labels["tokengate.budget.tier"]: p.value for p in found[m.TIER].points}
    assert tiers == {"green": 0, "amber": 1, "red": 0, "hard-stop": 0}


def test_a_team_without_a_plan_has_neither_utilization_nor_tier() -> None:
    found = metrics(Books(spent=[spent("700", team=SEARCH)]))
    for instrument in (m.PLAN, m.UTILIZATION, m.TIER):
        assert value(found, instrument, SEARCH) is None


def test_coverage_is_of_each_team_and_unknown_where_not_all_spend_could_be_seen() -> None:
    rows = [spent("3"), spent("1", attributed=False), spent("5", team=SEARCH)]
    found = metrics(Books(spent=rows))
    assert value(found, m.COVERAGE) == Decimal("0.75")
    assert value(found, m.COVERAGE, SEARCH) == 1
    partly = metrics(Books(spent=rows, reads=reads(whole=False)))
    assert value(partly, m.COVERAGE) is None


def test_the_difference_is_of_days_that_the_proxy_was_asked_about() -> None:
    other = DAY.replace(day=6)
    books = Books(
        spent=[spent("3"), spent("2", day=other)],
        in_ledger=[on(DAY, "3"), on(other, "2")],
        at_proxy=[on(DAY, "3.5")],
    )
    assert value(metrics(books), m.DIFFERENCE) == Decimal("-0.5")
    unasked = metrics(replace(books, at_proxy=()))
    assert value(unasked, m.DIFFERENCE) is None


def test_tokens_go_by_direction_and_input_includes_the_caches() -> None:
    row = spent("1", tokens=100)._replace(output_tokens=20)
    row = row._replace(cache_read_tokens=40, cache_write_tokens=5)
    found = metrics(Books(spent=[row, row]))
    assert value(found, m.INPUT) == 290
    assert value(found, m.OUTPUT) == 40
    assert value(found, m.CACHE_READ) == 80
    assert value(found, m.CACHE_WRITE) == 10


def test_what_may_still_grow_and_what_has_no_price_are_told_beside_the_spend() -> None:
    found = metrics(Books(spent=[spent("3", open_cost="1", unpriced=4)]))
    assert value(found, m.PROVISIONAL) == 1
    assert value(found, m.UNPRICED) == 4


def test_spend_of_no_team_is_a_team_of_its_own() -> None:
    assert value(metrics(Books(spent=[spent("3", team="")])), m.SPEND, "(no team)") == 3


def test_the_month_begins_in_the_ledgers_zone() -> None:
    found = metrics(Books(spent=[spent()], zone="Asia/Kolkata"))
    [point] = found[m.PERIOD].points
    assert point.value == int(datetime(2026, 9, 30, 18, 30, tzinfo=timezone.utc).timestamp())
    assert point.labels == {}


def test_no_label_names_a_pull_request_a_run_or_a_repository() -> None:
    books = Books(spent=[spent("3")], pulls=[merged(7)], policy=a_policy(payments_squad="800"))
    labels = {n for metric in metrics(books).values() for p in metric.points for n in p.labels}
    assert labels == {
        "tokengate.team.name",
        "tokengate.team.id",
        "tokengate.budget.tier",
        "vcs.change.state",
    }


def test_each_name_is_told_once_in_both_worlds() -> None:
    for names in ([i.name for i in m.ALL], [i.text_name for i in m.ALL]):
        assert len(set(names)) == len(names)
    assert all(i.text_name.endswith(i.text_unit) for i in m.ALL)
