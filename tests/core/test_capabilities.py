"""What a proxy can do is a value, and everything that is said of it comes from there."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import ROUND_CEILING, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_tokengate.core.cap import Bound, Hold, Limits, key_cap, worth_minting
from ci_tokengate.core.capabilities import (
    ByModel,
    Capabilities,
    Counted,
    ModelList,
    Tokens,
    in_steps,
    shortfalls,
)
from ci_tokengate.core.features import FEATURES, lacking
from ci_tokengate.core.policy import Routing
from ci_tokengate.wiring.capabilities import CAPABILITIES
from tests.fakes import NOW, a_use_case

WHOLE = Capabilities(product="Whole")
LESS = {
    "cap_step": Decimal(1),
    "spoof_proof": False,
    "counts_refusals": Counted.SOME,
    "by_model": ByModel.NEXT_DAY,
    "tokens": Tokens.SUM,
    "model_list": ModelList.NOTHING,
    "settles_after": WHOLE.settles_after * 2,
    "remembers": WHOLE.settles_after,
}
"""Another value of those that are no switch."""
NAMES = ("product", "guide")


@pytest.mark.parametrize("name", [f.name for f in fields(Capabilities) if f.name not in NAMES])
def test_each_capability_is_told_in_the_table(name: str) -> None:
    less = replace(WHOLE, **{name: LESS.get(name, False)})  # type: ignore[arg-type]
    assert [f.told(less) for f in FEATURES] != [f.told(WHOLE) for f in FEATURES]


def test_a_proxy_that_does_everything_lacks_nothing_and_litellm_is_one() -> None:
    assert lacking(WHOLE) == lacking(CAPABILITIES["litellm"]) == ""
    assert "`budget apply`" in lacking(CAPABILITIES["portkey"])


amounts = st.decimals(min_value="0.000001", max_value=10**4, places=6)
steps = st.sampled_from([Decimal("0.01"), Decimal("0.5"), Decimal(1), Decimal(5)])


@given(amount=amounts, step=steps)
def test_a_cap_in_steps_is_the_next_whole_one_and_less_than_a_step_too_much(
    amount: Decimal, step: Decimal
) -> None:
    found = in_steps(amount, step)
    assert found % step == 0
    assert 0 <= found - amount < step
    assert found == (amount / step).to_integral_value(ROUND_CEILING) * step


@given(amount=st.decimals(min_value=-100, max_value=0, places=2), step=steps)
def test_nothing_is_never_rounded_up_to_something(amount: Decimal, step: Decimal) -> None:
    assert in_steps(amount, step) <= 0


@pytest.mark.parametrize(
    ("run", "team", "amount", "left", "worth"),
    [
        ("0.40", None, "1", "0.40", True),
        ("2", None, "2", "2", True),
        ("2", "0.30", "1", "0.30", True),
        ("2", "0.009", "1", "0.009", False),
        ("2", "0", "0", "0", False),
        ("2", "-3", "-3", "-3", False),
    ],
)
def test_a_cap_remembers_what_was_left_before_it_was_rounded(
    run: str, team: str | None, amount: str, left: str, worth: bool
) -> None:
    limits = Limits(run=Decimal(run), team=None if team is None else Decimal(team))
    cap = key_cap(limits, step=Decimal(1))
    assert (cap.amount, cap.left) == (Decimal(amount), Decimal(left))
    assert cap.rounded_up == (cap.amount > cap.left)
    assert worth_minting(cap) is worth


def test_two_jobs_that_see_the_same_sliver_get_one_key_between_them() -> None:
    """What the first was given in whole dollars is more than what was left, so the second gets nothing."""
    limits = Limits(run=Decimal(2), team=Decimal("0.40"))
    first = Hold(key_id="a", cap=Decimal(1), spend=Decimal(0), order=(NOW, "a"))
    assert key_cap(limits, step=Decimal(1)).amount == 1
    second = key_cap(limits, step=Decimal(1), team_holds=[first])
    assert (second.bound, worth_minting(second)) == (Bound.TEAM, False)


def test_what_a_key_is_not_held_to_is_said() -> None:
    case = replace(a_use_case(), parallel_requests=4, requests_per_minute=60)
    routing = Routing(models=("m",))
    assert shortfalls(WHOLE, case, routing) == ()
    said = " ".join(shortfalls(CAPABILITIES["openrouter"], case, routing))
    assert "does not hold this key to the models of code-review" in said
    assert "no limit of parallel requests" in said
    assert "no limit of requests a minute" in said
    pinned = replace(routing, config="pc-ci")
    assert "models" in " ".join(shortfalls(CAPABILITIES["portkey"], case, routing))
    assert "models" not in " ".join(shortfalls(CAPABILITIES["portkey"], case, pinned))
