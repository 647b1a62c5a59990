"""What a proxy cannot do is told in the verdict, and never done by halves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.capabilities import Capabilities, Counted
from ci_tokengate.core.keys import Handle
from ci_tokengate.core.policy import Routing
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.errors import UsageError
from ci_tokengate.lifecycle.admit import admit
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.lifecycle.issue import issue
from ci_tokengate.lifecycle.retire import retire
from ci_tokengate.wiring.capabilities import CAPABILITIES
from tests.fakes import NOW, FakeProxy, a_context, a_policy, a_use_case

DOLLARS = replace(Capabilities(product="Portkey"), cap_step=Decimal(1))


def test_a_cap_of_forty_cents_becomes_a_dollar_and_the_verdict_says_so() -> None:
    proxy = FakeProxy(capabilities=DOLLARS)
    admission = admit(proxy, a_policy(a_use_case(run="0.40")), a_context(), Ask(), now=NOW)
    assert admission.cap is not None
    assert admission.cap.amount == 1
    [note] = admission.notes
    assert note == ("Portkey caps keys in whole dollars: this one's cap of $0.40 is $1.00.")
    plain = admit(FakeProxy(), a_policy(a_use_case(run="0.40")), a_context(), Ask(), now=NOW)
    assert (plain.cap and plain.cap.amount, plain.notes) == (Decimal("0.40"), ())


def test_a_rounded_cap_is_minted_once_and_kept() -> None:
    """Looked at again after the mint, it is not above what is left."""
    proxy = FakeProxy(capabilities=DOLLARS)
    policy = a_policy(a_use_case(run="0.40", pr="3"))
    admission = admit(proxy, policy, a_context(), Ask(), now=NOW)
    numbers = count()
    issued = issue(
        proxy,
        a_context(),
        admission,
        nonce=lambda: f"{next(numbers):08x}",
        announce=lambda _: None,
    )
    assert issued.key is not None
    assert issued.key.cap == 1
    assert len(proxy.requests) == 1


def test_the_last_sliver_of_a_team_is_passed_by_less_than_a_step() -> None:
    budget = TeamBudget(spend=Decimal("1199.60"), max_budget=Decimal(1200))
    proxy = FakeProxy(capabilities=DOLLARS, budget=budget)
    admission = admit(proxy, a_policy(), a_context(), Ask(), now=NOW)
    assert admission.cap is not None
    assert (admission.cap.left, admission.cap.amount) == (Decimal("0.40"), Decimal(1))
    budget = replace(budget, spend=Decimal("1199.995"))
    nothing = admit(
        FakeProxy(capabilities=DOLLARS, budget=budget), a_policy(), a_context(), Ask(), now=NOW
    )
    assert (nothing.verdict.allowed, nothing.cap) == (False, None)


def test_a_route_that_the_proxy_cannot_take_gets_no_key_at_all() -> None:
    """The model that was asked for would be billed instead."""
    routing = Routing(models=("haiku",), route={"sonnet": "haiku"})
    case = replace(a_use_case(), routing=routing)
    proxy = FakeProxy(capabilities=CAPABILITIES["portkey"])
    with pytest.raises(UsageError, match="routes sonnet, which a key of Portkey cannot do"):
        admit(proxy, a_policy(case), a_context(), Ask(), now=NOW)
    assert proxy.requests == []
    assert admit(FakeProxy(), a_policy(case), a_context(), Ask(), now=NOW).cap is not None


def test_a_row_of_many_calls_counts_as_many() -> None:
    from ci_tokengate.core.refusals import refusals_in
    from ci_tokengate.core.tally import Tally

    row = UsageRow(
        key_id="k",
        alias="tokengate:a/b#1:7.1:j:u:n",
        model="m",
        call_type="",
        spend=Decimal("1.5"),
        calls=7,
        undivided_tokens=900,
    )
    refused = replace(
        row, spend=Decimal(0), failed=True, refusal="spent", calls=3, undivided_tokens=0
    )
    tally = Tally()
    for each in (row, refused):
        tally.add(each)
    cost = tally.cost([], now=NOW)
    assert (cost.requests, cost.total) == (7, Decimal("1.5"))
    assert [(r.undivided_tokens, r.input_tokens) for r in cost.rows] == [(900, 0)]
    assert [(k.requests, k.refused_by_cap) for k in cost.keys] == [(7, 3)]
    assert refusals_in([row, refused]).by_cap == 3


@pytest.mark.parametrize(
    ("counts", "told", "slept", "by_cap"),
    [(Counted.SOME, 2, 0.0, 2), (Counted.SOME, 0, 13.0, 0), (Counted.NONE, 0, 0.0, 0)],
)
def test_refused_calls_are_waited_for_only_as_long_as_they_can_come(
    counts: Counted, told: int, slept: float, by_cap: int
) -> None:
    """A proxy that counts some tells at least so many; one that counts none is not waited for."""
    able = replace(Capabilities(product="P"), counts_refusals=counts)
    proxy = FakeProxy(capabilities=able, spent=True)
    proxy.add("k", "tokengate:a/b#1:7.1:j:u:n", Decimal(1))
    if told:
        proxy.rows.append(
            UsageRow(
                key_id="k",
                alias="tokengate:a/b#1:7.1:j:u:n",
                model="m",
                call_type="",
                spend=Decimal(0),
                failed=True,
                refusal="spent",
                calls=told,
            )
        )
    began = proxy.clock.now()
    handle = Handle(alias="tokengate:a/b#1:7.1:j:u:n", team_id="t", key_id="k")
    done = retire(proxy, handle, job_key="sk-job", clock=proxy.clock)
    assert (done.spent, done.refusals.by_cap, done.counted) == (True, by_cap, False)
    assert (proxy.clock.now() - began).total_seconds() == slept
