from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.cap import (
    Bound,
    Hold,
    Limits,
    earlier,
    key_cap,
    lifetime,
    worth_minting,
)
from tests.fakes import NOW, a_policy, a_use_case

MONEY = st.decimals(min_value=0, max_value=10**4, places=4)
MAYBE = st.none() | MONEY


def _hold(cap: str, spend: str = "0", key_id: str = "k", second: int = 0) -> Hold:
    at = NOW + timedelta(seconds=second)
    return Hold(key_id=key_id, cap=Decimal(cap), spend=Decimal(spend), order=(at, key_id))


@pytest.mark.parametrize(
    ("run", "asked", "pr", "team", "amount", "bound"),
    [
        ("2", None, None, None, "2", Bound.RUN),
        ("2", "1", None, None, "1", Bound.INPUT),
        ("2", "5", None, None, "2", Bound.RUN),
        ("2", None, "0.8", None, "0.8", Bound.PULL_REQUEST),
        ("2", None, "0.8", "0.5", "0.5", Bound.TEAM),
        ("2", None, "-1", None, "-1", Bound.PULL_REQUEST),
    ],
)
def test_the_cap_is_the_least_of_its_limits(
    run: str, asked: str | None, pr: str | None, team: str | None, amount: str, bound: Bound
) -> None:
    def usd(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    cap = key_cap(Limits(run=Decimal(run), asked=usd(asked), pull_request=usd(pr), team=usd(team)))
    assert (cap.amount, cap.bound) == (Decimal(amount), bound)


def test_what_running_keys_may_still_spend_counts_as_spent() -> None:
    limits = Limits(run=Decimal(2), pull_request=Decimal(5))
    assert key_cap(limits, pr_holds=[_hold("2"), _hold("2", "0.5")]).amount == Decimal("1.5")


@given(MONEY, MAYBE, MAYBE, MAYBE, st.lists(MONEY, max_size=5))
def test_a_cap_is_never_above_any_limit(
    run: Decimal,
    asked: Decimal | None,
    pr: Decimal | None,
    team: Decimal | None,
    held: list[Decimal],
) -> None:
    holds = [_hold(str(amount)) for amount in held]
    cap = key_cap(
        Limits(run=run, asked=asked, pull_request=pr, team=team), pr_holds=holds, team_holds=holds
    )
    assert all(cap.amount <= limit for limit in (run, asked, pr, team) if limit is not None)
    if team is not None:
        assert cap.amount + sum(held) <= team


@given(
    st.lists(st.tuples(MONEY, st.integers(0, 5)), min_size=1, max_size=8),
    MONEY,
)
def test_keys_that_each_respect_the_earlier_ones_never_exceed_what_is_left_together(
    asked: list[tuple[Decimal, int]], left: Decimal
) -> None:
    """The bound on concurrent mints: whatever the order of their clocks, the sum fits."""
    every = [_hold(str(a), "0", f"k{i}", second) for i, (a, second) in enumerate(asked)]
    kept = [
        own
        for own in every
        if own.cap <= key_cap(Limits(run=own.cap, team=left), team_holds=earlier(every, own)).amount
    ]
    assert sum(h.cap for h in kept) <= left


@pytest.mark.parametrize(
    ("amount", "bound", "worth"),
    [
        ("0.01", Bound.TEAM, True),
        ("0.0099", Bound.TEAM, False),
        ("0.0099", Bound.PULL_REQUEST, False),
        ("0", Bound.RUN, False),
        ("0.001", Bound.INPUT, True),
    ],
)
def test_less_than_a_cent_of_a_remainder_is_nothing(amount: str, bound: Bound, worth: bool) -> None:
    limits = Limits(run=Decimal(amount))
    assert worth_minting(replace(key_cap(limits), bound=bound)) is worth


@pytest.mark.parametrize(
    ("ttl", "asked", "minutes"),
    [(30, None, 30), (None, None, 60), (90, None, 60), (30, 10, 10), (30, 45, 30)],
)
def test_a_key_lives_as_long_as_the_use_case_says_and_inputs_only_lower_it(
    ttl: int | None, asked: int | None, minutes: int
) -> None:
    case = replace(a_use_case(), ttl=None if ttl is None else timedelta(minutes=ttl))
    wanted = None if asked is None else timedelta(minutes=asked)
    assert lifetime(a_policy(case), case, wanted) == timedelta(minutes=minutes)
