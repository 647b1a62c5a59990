"""Once per team, tier and period: whatever the spend does, and whenever it is looked at."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.tier import Tier
from ci_tokengate.core.watch.alert import (
    ENDLESS,
    AlertKey,
    Raised,
    is_news,
    spike_key,
    tier_key,
    told_tier,
)

START = datetime(2026, 11, 1, tzinfo=timezone.utc)
TIERS = [Tier.GREEN, Tier.AMBER, Tier.RED, Tier.HARD_STOP, Tier.NONE]


def told(looks: list[tuple[Tier, int]]) -> list[tuple[Tier, int]]:
    """What of a row of looks (tier, number of the period) is told, by what was remembered before."""
    raised: list[Raised] = []
    found = []
    for n, (tier, period) in enumerate(looks):
        key = tier_key("p", "t", tier, START + timedelta(days=30 * period))
        if is_news(key, tier, told_tier(raised, "p", "t"), raised):
            raised.append(Raised(key=key, at=START + timedelta(hours=n)))
            found.append((tier, period))
    return found


G, A, R, H, N = TIERS


def test_each_tier_is_told_once_a_period_and_the_way_back_too() -> None:
    looks = [(t, 1) for t in (G, A, A, R, H, H, R, A, G, A, G)]
    assert told(looks) == [(A, 1), (R, 1), (H, 1), (G, 1)]


def test_a_new_period_is_told_anew_and_green_only_to_who_was_told_of_another() -> None:
    assert told([(A, 1), (A, 2), (G, 2), (G, 3), (A, 3)]) == [(A, 1), (A, 2), (G, 2), (A, 3)]
    assert told([(G, 1), (G, 2)]) == []


def test_a_team_without_a_plan_is_never_told_of() -> None:
    assert told([(N, 1), (N, 2)]) == []
    assert told([(A, 1), (N, 1), (A, 1)]) == [(A, 1)]


@given(st.lists(st.tuples(st.sampled_from(TIERS), st.integers(1, 3)), max_size=40))
def test_nothing_is_told_twice_and_every_tier_of_a_period_is_told(
    drawn: list[tuple[Tier, int]],
) -> None:
    looks = sorted(drawn, key=lambda look: look[1])
    found = told(looks)
    assert len(found) == len(set(found))
    assert {look for look in looks if look[0] in (A, R, H)} <= set(found)
    assert all(look in looks for look in found)
    greens = [n for n, (tier, _) in enumerate(found) if tier is G]
    assert all(n > 0 and found[n - 1][0] is not G for n in greens)


@given(
    st.lists(st.tuples(st.sampled_from(TIERS), st.integers(1, 3)), max_size=20), st.integers(1, 5)
)
def test_looking_more_often_tells_no_more(drawn: list[tuple[Tier, int]], times: int) -> None:
    looks = sorted(drawn, key=lambda look: look[1])
    assert told([look for look in looks for _ in range(times)]) == told(looks)


def test_another_teams_and_another_proxys_tiers_are_theirs() -> None:
    key = tier_key("p", "other", A, None)
    raised = [Raised(key=key, at=START), Raised(key=tier_key("q", "t", R, None), at=START)]
    assert told_tier(raised, "p", "t") is G
    assert key.period == ENDLESS


def test_an_id_is_the_same_on_every_machine_and_differs_where_anything_does() -> None:
    one = spike_key("https://llm.acme.example", "payments-squad", START.date())
    assert one.id == "27a7cdd22bb1d23a6167d81ccef678fc"
    ids = {
        AlertKey(proxy=p, team_id=t, kind=k, period=d).id
        for p in "ab"
        for t in ("a", "b", "a\nb")
        for k in ("spike", "tier-red")
        for d in ("1", "2")
    }
    assert len(ids) == 24
