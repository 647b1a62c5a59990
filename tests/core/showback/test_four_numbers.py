"""The four numbers, by values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ci_tokengate.core.ledger.records import DayRead
from ci_tokengate.core.model_tier import ModelTier
from ci_tokengate.core.showback.utilisation import OVER, TOO_EARLY
from ci_tokengate.core.tier import Tier
from ci_tokengate.errors import UsageError
from ci_tokengate.render.money import usd
from tests.core.showback.readings import (
    PROXY,
    UTC,
    Books,
    a_policy,
    budget,
    merged,
    pull,
    reads,
    spent,
    team_day,
    the_articles,
)
from tests.fakes import a_use_case


def test_3200_over_85_merged_pull_requests_is_37_65_and_1100_over_20_is_55() -> None:
    report = the_articles().report()
    told = {t.name: usd(t.per_pull.per_merged or Decimal(0)) for t in report.teams}
    assert told == {"payments-squad": "$37.65", "search-squad": "$55.00"}
    assert (report.per_pull.spend, report.per_pull.merged) == (Decimal(4300), 105)


def test_where_nothing_was_merged_there_is_no_ratio() -> None:
    [team] = Books(spent=[spent("12")]).report().teams
    assert (team.per_pull.merged, team.per_pull.per_merged) == (0, None)
    assert team.per_pull.per_standing is None


def test_teams_that_have_a_plan_are_told_of_though_they_are_asleep_and_others_are_not() -> None:
    books = Books(budgets=[budget("planned"), budget("asleep", None)])
    assert [t.name for t in books.report().teams] == ["planned"]


def test_an_empty_ledger_has_a_report_with_no_figure_that_is_not_known() -> None:
    report = Books(reads=()).report()
    assert (report.teams, report.mix, report.chargeback) == ((), (), ())
    assert report.per_pull.per_merged is report.per_pull.abandoned_share is None
    assert report.trust.coverage is None
    assert report.as_of is None


def test_all_spend_counts_and_the_attributed_ratio_stands_beside_it() -> None:
    books = Books(spent=[spent("30"), spent("10", attributed=False)], pulls=[merged(7), merged(8)])
    found = books.report().per_pull
    assert (found.per_merged, found.per_merged_attributed) == (Decimal(20), Decimal(15))
    assert found.assisted == 1


def test_abandoned_work_counts_and_its_share_is_told() -> None:
    closed = pull(8, closed=datetime(2026, 10, 9, tzinfo=UTC))
    books = Books(spent=[spent("30"), spent("10", pull=8)], pulls=[merged(7), closed])
    found = books.report().per_pull
    assert (found.per_merged, found.abandoned_share) == (Decimal(40), Decimal("0.25"))


def test_what_a_later_month_reverted_no_longer_stands_and_a_revert_ships_nothing() -> None:
    later = pull(9, merged=datetime(2026, 11, 2, tzinfo=UTC), reverts=7)
    books = Books(spent=[spent("30")], pulls=[merged(7), merged(8), later])
    found = books.report().per_pull
    assert (found.merged, found.standing, found.per_standing) == (2, 1, Decimal(30))
    revert = merged(9, reverts=7)
    found = Books(spent=[spent("30")], pulls=[merged(7), merged(8), revert]).report().per_pull
    assert (found.merged, found.standing) == (3, 1)


def test_a_revert_of_a_revert_brings_the_first_one_back() -> None:
    pulls = [merged(7), merged(8, reverts=7), merged(9, reverts=8)]
    assert Books(spent=[spent("30")], pulls=pulls).report().per_pull.standing == 1


def test_reverts_in_a_ring_end() -> None:
    pulls = [merged(7, reverts=8), merged(8, reverts=7)]
    assert Books(spent=[spent("1")], pulls=pulls).report().per_pull.standing == 0


def test_a_revert_that_was_never_merged_undoes_nothing() -> None:
    pulls = [merged(7), pull(8, reverts=7)]
    assert Books(spent=[spent("1")], pulls=pulls).report().per_pull.standing == 1


def test_a_pull_request_is_the_teams_that_paid_most_for_it_in_whatever_month() -> None:
    rows = [
        spent("5", team="a", day=date(2026, 9, 20)),
        spent("4", team="b"),
        spent("1", team="b", pull=8),
    ]
    teams = {
        t.name: t.per_pull.merged
        for t in Books(spent=rows, pulls=[merged(7), merged(8)]).report().teams
    }
    assert teams == {"a": 1, "b": 1}


def test_a_pull_request_without_ai_is_the_teams_that_has_the_repository() -> None:
    rows = [spent("5", team="a"), spent("4", team="b", pull=8)]
    books = Books(spent=rows, pulls=[merged(7), merged(8), merged(9)])
    assert [(t.name, t.per_pull.merged) for t in books.report().teams] == [("a", 2), ("b", 1)]
    policy = a_policy(a="1", b="1")
    policy = replace(
        policy, teams={**policy.teams, "b": replace(policy.teams["b"], repositories=("acme/*",))}
    )
    declared = replace(books, policy=policy).report()
    assert [(t.name, t.per_pull.merged) for t in declared.teams] == [("a", 1), ("b", 2)]


def test_pull_requests_of_a_repository_without_any_spend_have_no_team() -> None:
    books = Books(spent=[spent("5")], pulls=[merged(7), merged(1, repository="acme/docs")])
    assert [(t.id, t.per_pull.merged) for t in books.report().teams] == [
        ("payments-squad", 1),
        ("", 1),
    ]


@pytest.mark.parametrize(("zone", "month"), [("UTC", "2026-11"), ("Asia/Kolkata", "2026-12")])
def test_2330z_on_30_november_is_december_in_kolkata(zone: str, month: str) -> None:
    now = datetime(2027, 1, 9, tzinfo=timezone.utc)
    late = pull(7, merged=datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    books = Books(pulls=[late], zone=zone, now=now)
    assert books.report(month).per_pull.merged == 1
    other = "2026-12" if month == "2026-11" else "2026-11"
    assert books.report(other).per_pull.merged == 0


def test_trends_are_indexed_at_the_first_period_that_is_not_zero() -> None:
    rows = [spent("50", day=date(2026, 8, 3)), spent("75", day=date(2026, 10, 5))]
    pulls = [
        pull(1, merged=datetime(2026, 9, 3, tzinfo=UTC)),
        pull(2, merged=datetime(2026, 9, 3, tzinfo=UTC)),
        merged(7),
    ]
    months = Books(spent=rows, pulls=pulls).report().months
    told = [f"{p.label} {p.spend_index} {p.output_index}" for p in months[-3:]]
    assert told == ["2026-08 100 0", "2026-09 0 100", "2026-10 150 50"]
    assert len(months) == 12
    assert months[0].label == "2025-11"
    assert Books().report().months[0].spend_index is None


def test_weeks_are_whole_iso_weeks() -> None:
    rows = [spent("7", day=date(2026, 10, 25)), spent("9", day=date(2026, 10, 26))]
    weeks = Books(spent=rows).report().weeks
    assert (weeks[-1].label, weeks[-1].first, weeks[-1].end, weeks[-1].spend) == (
        "2026-W43",
        date(2026, 10, 19),
        date(2026, 10, 26),
        Decimal(7),
    )
    assert len(weeks) == 13


def test_a_month_that_lasts_is_partial_and_forecast_by_a_straight_line() -> None:
    now = datetime(2026, 10, 11, tzinfo=UTC)
    books = Books(
        spent=[spent("250")],
        policy=a_policy(payments_squad="800"),
        now=now,
        reads=reads(read_at=now, settled=False)[:10],
    )
    report = books.report()
    [team] = report.teams
    found = team.utilisation
    assert (found.percent, found.tier) == (Decimal("31.25"), Tier.GREEN)
    assert (found.forecast, found.forecast_tier) == (Decimal(775), Tier.AMBER)
    assert found.method == "straight line: 10.0 of 31 days are known"
    assert report.months[-1].partial
    assert not report.over


def test_a_forecast_goes_by_when_the_proxy_was_read_not_by_the_clock() -> None:
    now, read_at = datetime(2026, 10, 21, tzinfo=UTC), datetime(2026, 10, 11, tzinfo=UTC)
    books = Books(spent=[spent("100")], now=now, reads=reads(read_at=read_at)[:10])
    assert books.report().teams[0].utilisation.forecast == Decimal(310)
    assert books.report().trust.unread_days == 10


def test_there_is_no_forecast_on_the_first_day_and_none_is_needed_when_it_is_over() -> None:
    now = datetime(2026, 10, 1, 20, tzinfo=UTC)
    early = Books(spent=[spent("9", day=date(2026, 10, 1))], now=now, reads=reads(read_at=now)[:1])
    found = early.report().teams[0].utilisation
    assert (found.forecast, found.method) == (None, TOO_EARLY)
    over = Books(spent=[spent("9")]).report().teams[0].utilisation
    assert (over.forecast, over.method) == (Decimal(9), OVER)


@pytest.mark.parametrize(
    ("spend", "tier"),
    [("639.99", Tier.GREEN), ("640", Tier.AMBER), ("880", Tier.RED), ("1200", Tier.HARD_STOP)],
)
def test_a_bound_belongs_to_the_tier_it_begins(spend: str, tier: Tier) -> None:
    books = Books(spent=[spent(spend)], budgets=[budget()])
    assert books.report().teams[0].utilisation.tier is tier


def test_a_month_that_is_over_keeps_the_plan_that_was_recorded_then() -> None:
    books = Books(
        spent=[spent("100")], budgets=[budget(plan="400")], policy=a_policy(payments_squad="800")
    )
    found = books.report().teams[0].utilisation
    assert (found.plan, found.plan_from) == (Decimal(400), "as recorded")
    running = replace(books, now=datetime(2026, 10, 20, tzinfo=UTC)).report().teams[0].utilisation
    assert (running.plan, running.plan_from) == (Decimal(800), "policy")


def test_a_team_without_a_plan_or_with_a_plan_of_nothing_has_no_percentage() -> None:
    books = Books(spent=[spent("100")])
    found = books.report().teams[0].utilisation
    assert (found.percent, found.tier) == (None, Tier.NONE)
    zero = replace(books, policy=a_policy(payments_squad="0")).report().teams[0].utilisation
    assert (zero.percent, zero.tier) == (None, Tier.HARD_STOP)


def test_a_team_with_a_budget_that_spent_nothing_is_there() -> None:
    report = Books(budgets=[budget("growth")]).report()
    assert [(t.name, t.utilisation.percent) for t in report.teams] == [("growth", Decimal(0))]


def test_a_strong_model_on_a_cheap_task_is_a_finding_with_what_it_wastes() -> None:
    rows = [
        spent("18", use_case="autocomplete", model="claude-opus", tokens=900_000),
        spent("1", use_case="autocomplete", model="claude-haiku", tokens=1_000_000),
        spent("20", use_case="autonomous-agent", model="claude-opus", tokens=1_000_000),
    ]
    report = Books(spent=rows, policy=a_policy()).report()
    [finding] = report.findings
    assert (finding.use_case, finding.model, finding.tier) == (
        "autocomplete",
        "claude-opus",
        ModelTier.STRONG,
    )
    assert finding.share == Decimal(18) / 19
    assert finding.saving == Decimal("17.1")
    assert [m.use_case for m in report.mix] == ["autonomous-agent", "autocomplete"]


def test_tiers_that_are_not_declared_go_by_the_order_of_prices() -> None:
    rows = [
        spent("1", use_case="autocomplete", model="small", tokens=1_000_000),
        spent("3", use_case="code-review", model="medium", tokens=1_000_000),
        spent("9", use_case="autocomplete", model="large", tokens=1_000_000),
        spent("0", use_case="autocomplete", model="ours", tokens=5, unpriced=1),
    ]
    report = Books(spent=rows).report()
    tiers = {m.model: m.tier for case in report.mix for m in case.models}
    assert tiers == {
        "small": ModelTier.FAST,
        "medium": ModelTier.MIDDLE,
        "large": ModelTier.STRONG,
        "ours": None,
    }
    assert report.tiers_from == "the order of prices"
    assert [f.model for f in report.findings] == ["large"]


def test_one_step_above_counts_only_where_both_are_declared() -> None:
    rows = [spent("9", use_case="code-review", model="claude-opus")]
    policy = a_policy()
    assert Books(spent=rows, policy=policy).report().findings == ()
    case = replace(a_use_case(), tier=ModelTier.MIDDLE)
    declared = replace(policy, use_cases={"code-review": case})
    [finding] = Books(spent=rows, policy=declared).report().findings
    assert (finding.needs, finding.saving) == (ModelTier.MIDDLE, None)


def test_chargeback_goes_by_owners_then_key_then_team_and_sums_to_the_total() -> None:
    rows = [
        spent("10.0000000001", pull=1, repository="acme/mono"),
        spent("5", pull=2, cost_center="KEY"),
        spent("3", pull=3),
        spent("2", pull=4, team="stranger"),
        spent("1", attributed=False),
    ]
    owners = (("ENGG-A", 1), ("ENGG-B", 2))
    policy = a_policy(payments_squad="800")
    report = Books(
        spent=rows, pulls=[merged(1, repository="acme/mono", owners=owners)], policy=policy
    ).report()
    told = {c.cost_center: (c.direct, c.split, c.unattributed) for c in report.chargeback}
    nothing = Decimal(0)
    assert told == {
        "ENGG-A": (nothing, Decimal("3.3333333334"), nothing),
        "ENGG-B": (nothing, Decimal("6.6666666667"), nothing),
        "KEY": (Decimal(5), nothing, nothing),
        "ENGG-PAYMENTS_SQUAD": (Decimal(3), nothing, Decimal(1)),
        "": (Decimal(2), nothing, nothing),
    }
    assert [c.cost_center for c in report.chargeback][-1] == ""
    assert sum(c.total for c in report.chargeback) == report.trust.total
    assert report.split_pulls == 1


def test_coverage_is_not_told_where_only_our_own_rows_could_be_seen() -> None:
    rows = [spent("3"), spent("1", attributed=False)]
    assert Books(spent=rows).report().trust.coverage == Decimal("0.75")
    assert Books(spent=rows, reads=reads(whole=False)).report().trust.coverage is None
    assert Books(spent=rows, reads=()).report().trust.coverage is None


def test_what_is_provisional_unpriced_corrected_or_gone_is_told() -> None:
    day = DayRead(proxy=PROXY, day=date(2026, 10, 5), rows=1, read_at=UTC_NOON, gone=Decimal("0.5"))
    rows = [
        spent("3", open_cost="2", corrected="-1"),
        spent("0", model="acme-llm", unpriced=4, requests=4),
    ]
    trust = Books(spent=rows, reads=[day]).report().trust
    assert trust.open_cost == 2
    assert (trust.corrected, trust.gone) == (Decimal(-1), Decimal("0.5"))
    assert trust.unpriced == (("acme-llm", 4),)
    assert trust.unknown_pulls == 3


UTC_NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


def test_reconciliation_names_the_worst_days_and_takes_float_noise_for_none() -> None:
    ours = [team_day(str(n), day=date(2026, 10, n)) for n in range(1, 10)]
    theirs = [replace(d, spend=d.spend + (d.day.day % 8)) for d in ours[:8]]
    theirs.append(replace(ours[8], spend=Decimal("9.0000000001")))
    extra = team_day("5", day=date(2026, 10, 20))
    report = Books(in_ledger=[*ours, extra], at_proxy=theirs).report()
    found = report.trust.reconciliation
    assert (found.compared, found.differing, found.uncompared) == (9, 7, 1)
    assert [(d.day.day, int(d.difference)) for d in found.worst] == [
        (n, -n) for n in (7, 6, 5, 4, 3)
    ]
    assert not any(d.open for d in found.worst)


def test_a_day_that_the_proxy_has_and_the_ledger_not_is_a_difference() -> None:
    found = Books(at_proxy=[team_day("2")]).report().trust.reconciliation
    assert (found.differing, found.difference) == (1, Decimal(-2))


def test_one_team_is_the_whole_reports_line_of_it() -> None:
    books = the_articles()
    [alone] = books.report(team="search-squad").teams
    [line] = [t for t in books.report().teams if t.name == "search-squad"]
    assert alone == line
    assert books.report(team="search-squad").trust.total == Decimal(1100)


def test_a_team_is_found_by_its_name_in_the_policy_or_its_id() -> None:
    policy = a_policy(payments="1")
    policy = replace(
        policy, teams={"payments": replace(policy.teams["payments"], id="payments-squad")}
    )
    books = replace(the_articles(), policy=policy)
    assert books.report(team="payments") == books.report(team="payments-squad")


def test_a_team_that_nobody_knows_is_an_error_with_the_nearest_known_one() -> None:
    with pytest.raises(UsageError, match="know no team 'serch-squad'") as failure:
        the_articles().report(team="serch-squad")
    assert failure.value.hint == "Did you mean search-squad?"


def test_days_that_no_reading_covers_are_counted() -> None:
    books = Books(spent=[spent()], reads=[r for r in reads() if r.day.day not in (9, 10)])
    assert books.report().trust.unread_days == 2
    assert Books(reads=reads()).report().trust.unread_days == 0


def test_data_is_as_old_as_the_proxy_that_was_read_longest_ago() -> None:
    old = [replace(r, proxy="https://b", read_at=r.read_at - timedelta(days=2)) for r in reads()]
    report = Books(reads=[*reads(), *old]).report()
    assert report.as_of == old[0].read_at
    assert report.proxies == ("https://b", PROXY)
