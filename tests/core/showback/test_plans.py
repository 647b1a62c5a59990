"""A plan is for the proxy's budget period, a report for a month."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from ci_tokengate.core.ledger.records import BudgetRecord
from ci_tokengate.core.showback.plans import for_month, is_month
from tests.core.showback.readings import UTC, Books, a_policy, budget, spent


@pytest.mark.parametrize(
    ("period", "plan"),
    [
        ("", "70"),
        ("1mo", "70"),
        ("30d", "70"),
        ("31d", "70"),
        ("720h", "70"),
        ("7d", "310"),
        ("1w", "310"),
        ("1d", "2170"),
        ("24h", "2170"),
        ("14d", "155"),
        ("2mo", "35"),
        ("0d", "70"),
        ("fortnight", "70"),
    ],
)
def test_what_a_plan_is_for_october(period: str, plan: str) -> None:
    assert for_month(Decimal(70), period, 31) == Decimal(plan)
    assert is_month(period) is (plan == "70")


def test_a_weeks_budget_is_held_against_a_weeks_spend_not_a_months() -> None:
    """$310 in October of $70 a week is all of it, and no hard stop."""
    books = Books(spent=[spent("310")], budgets=[replace_period(budget(plan="70"), "7d")])
    [team] = books.report().teams
    assert team.utilisation.percent == 100
    assert (team.utilisation.plan_from, team.utilisation.plan_period) == ("as recorded", "7d")


def test_the_policys_plan_is_for_the_proxys_period_as_the_gate_takes_it() -> None:
    weekly = replace_period(budget(plan=None), "7d")
    running = datetime(2026, 10, 20, tzinfo=UTC)
    policy = a_policy(payments_squad="70")
    [team] = Books(spent=[spent("31")], budgets=[weekly], policy=policy, now=running).report().teams
    assert (team.utilisation.plan, team.utilisation.percent) == (Decimal(310), Decimal(10))


def replace_period(record: BudgetRecord, period: str) -> BudgetRecord:
    return replace(record, period=period)
