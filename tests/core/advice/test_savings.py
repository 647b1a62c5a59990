"""What the same tokens would have cost on the model that the task needs."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.advice.savings import Saving, savings
from ci_tokengate.core.advice.served import ServedModel
from ci_tokengate.core.advice.used import Usage
from ci_tokengate.core.cost import Unpriced
from ci_tokengate.core.usage import Charge, UsageRow
from tests.core.advice.policies import changed


def _served(name: str, *per_million: str) -> ServedModel:
    prices = [Decimal(price) / 1_000_000 for price in per_million]
    charge = Charge(input=prices[0], output=prices[1], cache_read=prices[2], cache_write=prices[3])
    return ServedModel(name=name, provider_model=f"anthropic/{name}", prices=charge)


HAIKU = _served("claude-haiku", "1", "5", "0.10", "1.25")
SONNET = _served("claude-sonnet", "3", "15", "0.30", "3.75")
OPUS = _served("claude-opus", "5", "25", "0.50", "6.25")
ALL = [HAIKU, SONNET, OPUS]


def _row(model: str, spend: str, use_case: str = "code-review", **more: int) -> UsageRow:
    return UsageRow(
        key_id="k",
        alias=f"tokengate:acme/shop#1:7.1:job:{use_case}:ab",
        model=model,
        call_type="anthropic_messages",
        spend=Decimal(spend),
        **{"input_tokens": 1000, "output_tokens": 100} | more,  # type: ignore[arg-type]
    )


def _found(rows: list[UsageRow], served: list[ServedModel] = ALL) -> tuple[Saving, ...]:
    usage = Usage()
    for row in rows:
        usage.add(row)
    return savings(usage.by, changed(), served, _no_book)


def _no_book(_: Unpriced) -> Decimal | None:
    return None


def test_the_same_tokens_are_priced_on_the_model_that_the_task_needs_with_the_caches() -> None:
    row = _row("claude-opus", "0.0095", cache_read_tokens=400, cache_write_tokens=200)
    [saving] = _found([row])
    assert (saving.instead, saving.cost) == ("claude-sonnet", Decimal("0.0095"))
    want = (400 * 3 + 400 * Decimal("0.30") + 200 * Decimal("3.75") + 100 * 15) / Decimal(1_000_000)
    assert saving.would == want == Decimal("0.00357")
    assert saving.saved == Decimal("0.0095") - want


def test_a_row_that_is_the_sum_of_many_calls_counts_as_many() -> None:
    [saving] = _found([_row("claude-opus", "0.0095", calls=7), _row("claude-opus", "0", calls=2)])
    assert (saving.requests, saving.unpriced) == (9, 2)


def test_what_the_task_needs_and_what_is_nobodys_saves_nothing() -> None:
    strange = UsageRow(
        key_id="k", alias="by-hand", model="claude-opus", call_type="", spend=Decimal(9)
    )
    assert _found([_row("claude-sonnet", "5"), _row("claude-haiku", "1"), strange]) == ()
    assert _found([_row("claude-opus", "5", use_case="not-in-the-policy")]) == ()


def test_what_the_policy_routes_by_now_is_reckoned_as_it_would_be_served() -> None:
    policy = changed(
        "code-review:\n    tier: middle\n    models: [claude-sonnet, claude-haiku]",
        "code-review:\n    tier: middle\n    models: [claude-haiku]\n"
        "    route: {claude-sonnet: claude-haiku}",
    )
    usage = Usage()
    usage.add(_row("claude-sonnet", "0.0045"))
    [saving] = savings(usage.by, policy, ALL, _no_book)
    assert (saving.instead, saving.would) == ("claude-haiku", Decimal("0.0015"))


def test_calls_without_a_price_are_counted_and_in_neither_figure() -> None:
    [saving] = _found([_row("claude-opus", "0.0075"), _row("claude-opus", "0")])
    assert (saving.requests, saving.unpriced, saving.cost) == (2, 1, Decimal("0.0075"))
    assert saving.would == Decimal("0.0045")
    [unknown] = _found([_row("claude-opus", "0")])
    assert (unknown.would, unknown.unpriced) == (None, 1)


def test_a_model_without_a_price_at_the_proxy_is_looked_up_in_the_price_book() -> None:
    asked = []

    def book(calls: Unpriced) -> Decimal | None:
        asked.append((calls.provider_model, calls.input_tokens, calls.output_tokens))
        return Decimal("0.001")

    usage = Usage()
    usage.add(_row("claude-opus", "0.0075"))
    bare = ServedModel(name="claude-sonnet", provider_model="anthropic/claude-sonnet-4-5")
    [saving] = savings(usage.by, changed(), [HAIKU, OPUS, bare], book)
    assert asked == [("anthropic/claude-sonnet-4-5", 1000, 100)]
    assert saving.would == Decimal("0.001")
    [unknown] = _found([_row("claude-opus", "0.0075")], [HAIKU, OPUS])
    assert unknown.would is None
    assert unknown.saved == 0


def test_less_than_a_twentieth_of_a_use_cases_spend_is_not_worth_a_word() -> None:
    assert _found([_row("claude-sonnet", "9.60"), _row("claude-opus", "0.40")]) == ()
    assert len(_found([_row("claude-sonnet", "9.50"), _row("claude-opus", "0.50")])) == 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["claude-haiku", "claude-sonnet", "claude-opus", "other"]),
            st.sampled_from(["code-review", "completion"]),
            st.decimals(0, 100, places=6),
            st.integers(0, 10**6),
        ),
        max_size=30,
    )
)
def test_a_saving_is_never_negative_and_never_more_than_was_spent(
    calls: list[tuple[str, str, Decimal, int]],
) -> None:
    rows = [
        _row(model, str(spend), case, input_tokens=tokens, output_tokens=0)
        for model, case, spend, tokens in calls
    ]
    found = _found(rows)
    for saving in found:
        assert 0 <= saving.saved <= saving.cost
        assert saving.instead != saving.model
    assert all(a.saved >= b.saved for a, b in pairwise(found))
