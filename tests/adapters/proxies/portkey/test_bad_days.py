"""Answers that are lost, late, rounded or in another unit; plans without limits; keys of two workspaces."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from ci_tokengate.adapters.proxies.portkey.money import check_unit, credit_limit, usd
from ci_tokengate.core.cost import CostState
from ci_tokengate.core.keys import Handle, JobKey
from ci_tokengate.core.scope import of_pull_request
from ci_tokengate.core.usage import total
from ci_tokengate.errors import CredentialError, UndecidedError, UsageError
from ci_tokengate.lifecycle.admit import admit
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.lifecycle.mint_surely import mint_surely
from ci_tokengate.lifecycle.reckon import reckon
from ci_tokengate.ports import LostAnswer
from ci_tokengate.sandbox.portkey.keys import create
from tests.adapters.proxies.portkey.conftest import ALIAS, DAWN, PREFIX, Lab, a_request
from tests.fakes import a_context, a_policy, a_use_case
from tests.stage.trust import TRUST


def call(
    lab: Lab, key: JobKey, prompt: str = "in=1000 out=100", model: str = "claude-haiku"
) -> int:
    return httpx.post(
        f"{lab.sandbox.url}/v1/messages",
        headers={"x-portkey-api-key": key.key},
        json={"model": model, "messages": [{"role": "user", "content": prompt}]},
        verify=TRUST,
    ).status_code


def by_alias() -> Handle:
    return Handle(alias=ALIAS, team_id="payments-squad")


def test_a_key_whose_answer_was_lost_is_found_by_its_name_and_ended(lab: Lab) -> None:
    lab.sandbox.state.lost_mints = 1
    with pytest.raises(LostAnswer):
        lab.portkey().mint(a_request())
    assert lab.job_keys == [ALIAS]
    assert lab.portkey().revoke(by_alias()) is True
    assert lab.job_keys == []


def test_a_lost_answer_doubles_no_key(lab: Lab) -> None:
    """The whole mint of a job: what may exist is ended before the next try, which has another name."""
    policy = a_policy(a_use_case(run="2"))
    team = policy.teams["t"]
    policy = type(policy)(
        **{
            **vars(policy),
            "teams": {"t": type(team)(name="t", id="payments-squad", plan=Decimal(800))},
        }
    )
    proxy = lab.portkey()
    admission = admit(proxy, policy, a_context(), Ask(), now=lab.clock.now())
    assert admission.cap is not None
    nonces = iter(["aa11", "bb22"])
    lab.sandbox.state.lost_mints = 1
    announced: list[Handle] = []
    key, _ = mint_surely(
        proxy, a_context(), admission, admission.cap, lambda: next(nonces), announced.append
    )
    assert lab.job_keys == [key.alias]
    assert [handle.alias[-4:] for handle in announced] == ["aa11", "bb22"]


def test_a_mint_that_arrives_after_the_first_look_is_ended_too(lab: Lab) -> None:
    state = lab.sandbox.state

    def arrive() -> None:
        if len(lab.clock.slept) == 2 and not lab.job_keys:
            minter = next(k for k in state.keys.values() if k.secret == lab.sandbox.workspace_key)
            create(state, minter, {"name": ALIAS, "scopes": ["completions.write"]})

    lab.clock.on_sleep = arrive
    assert lab.portkey().revoke(by_alias()) is True
    assert lab.job_keys == []


def test_two_keys_of_one_name_both_end(lab: Lab) -> None:
    for _ in range(2):
        lab.portkey().mint(a_request())
    assert len(lab.job_keys) == 2
    assert lab.portkey().revoke(by_alias()) is True
    assert lab.job_keys == []


@pytest.mark.parametrize(("status", "code"), [(400, "AB01"), (403, "AB03")])
def test_limits_that_the_plan_does_not_have_are_no_key_without_a_limit(
    lab: Lab, status: int, code: str
) -> None:
    body = {"data": {"message": "Usage limits need another plan", "errorCode": code}}
    lab.fail("POST", "/api-keys", status, body)
    with pytest.raises((UsageError, CredentialError), match="Usage limits need another plan"):
        lab.portkey().mint(a_request())
    assert lab.job_keys == []


@pytest.mark.parametrize(
    ("cap", "sent"), [("0.01", 1), ("0.40", 1), ("1", 1), ("1.01", 2), ("20", 20)]
)
def test_a_cap_is_sent_in_whole_dollars_and_never_as_none(lab: Lab, cap: str, sent: int) -> None:
    key = lab.portkey().mint(a_request(cap=cap))
    [body] = [k.body for k in lab.sandbox.state.keys.values() if k.body["name"] == ALIAS]
    assert body["usage_limits"] == {"type": "cost", "credit_limit": sent}
    assert key.cap == sent == credit_limit(Decimal(cap))
    assert body["scopes"] == ["completions.write"]
    assert body["defaults"]["allow_config_override"] is False


def test_analytics_that_are_empty_are_no_cost_and_no_row(lab: Lab) -> None:
    lab.portkey().mint(a_request())
    assert list(lab.portkey().usage_by_alias(PREFIX, since=DAWN)) == []
    assert lab.portkey().log_size(PREFIX, since=DAWN) == 0
    assert lab.portkey().log_begins(since=DAWN) is None


def test_a_cost_that_is_late_is_provisional_and_then_settles_at_the_whole(lab: Lab) -> None:
    lab.sandbox.state.delay = timedelta(seconds=90)
    key = lab.portkey().mint(a_request())
    assert call(lab, key) == 200
    lab.portkey().revoke(Handle(alias=ALIAS, team_id="", key_id=key.id))
    lab.clock.sleep(60)
    scope = of_pull_request("acme/web_app", 12)
    early = reckon(lab.portkey(), scope, opened_at=DAWN, clock=lab.clock)
    assert (early.total, early.state) == (Decimal(0), CostState.PROVISIONAL)
    lab.clock.sleep(31)
    seen = reckon(lab.portkey(), scope, opened_at=DAWN, clock=lab.clock)
    assert (seen.total, seen.state) == (Decimal("0.0015"), CostState.PROVISIONAL)
    lab.clock.sleep(120)
    late = reckon(lab.portkey(), scope, opened_at=DAWN, clock=lab.clock)
    assert (late.total, late.state) == (Decimal("0.0015"), CostState.SETTLED)


def test_a_cost_in_two_units_is_no_cost(lab: Lab) -> None:
    key = lab.portkey().mint(a_request())
    assert call(lab, key, "in=100000 out=1000") == 200
    lab.sandbox.state.group_unit = Decimal("0.01")
    with pytest.raises(UndecidedError, match="not in cents"):
        list(lab.portkey().usage_by_alias(PREFIX, since=DAWN))


def test_cents_become_dollars_in_one_place_and_a_difference_of_rounding_is_none() -> None:
    assert usd(Decimal("35.44")) == Decimal("0.3544")
    check_unit(Decimal("35.44"), Decimal(35), "groups")
    check_unit(Decimal("0.4"), Decimal(0), "groups")
    check_unit(Decimal(0), Decimal(0), "groups")
    with pytest.raises(UndecidedError):
        check_unit(Decimal(3544), Decimal("35.44"), "groups")


def test_sums_in_whole_cents_add_up_and_no_model_is_made_up_for_the_rounding(lab: Lab) -> None:
    """As the description has it: an integer. Three calls of 0.15 cents are no half a cent."""
    lab.sandbox.state.whole_cents = True
    key = lab.portkey().mint(a_request())
    for model in ("claude-haiku", "claude-sonnet"):
        assert call(lab, key, "in=14000 out=500", model) == 200
    rows = list(lab.portkey().usage_by_alias(PREFIX, since=DAWN))
    assert {row.model for row in rows} == {"claude-haiku", "claude-sonnet"}
    assert total(rows) == Decimal("0.07")  # 1.65 and 4.95 cents


def test_calls_of_less_than_half_a_cent_are_not_free_where_sums_are_rounded(lab: Lab) -> None:
    """Ten jobs of 0.44 cents each: no job's sum shows any, the pull request's shows four."""
    lab.sandbox.state.whole_cents = True
    proxy = lab.portkey()
    for number in range(10):
        key = proxy.mint(a_request(f"{PREFIX}777.1:review:code-review:{number:04d}"))
        assert call(lab, key, "in=3900 out=100") == 200
    rows = list(lab.portkey().usage_by_alias(PREFIX, since=DAWN))
    assert total(rows) == Decimal("0.04")
    assert not any(row.unpriced for row in rows)
    assert {row.model: row.told for row in rows} == {"claude-haiku": True, "rounded away": False}


def test_a_call_without_a_price_is_named_where_sums_have_fractions(lab: Lab) -> None:
    """Unknown is not zero: tokens and no cost."""
    from dataclasses import replace

    proxy = lab.portkey()
    free, paid = (proxy.mint(a_request(f"{PREFIX}777.1:review:code-review:{n}")) for n in "ab")
    assert [call(lab, key) for key in (free, paid)] == [200, 200]
    calls = lab.sandbox.state.calls
    calls[0] = replace(calls[0], cost=Decimal(0))
    rows = list(lab.portkey().usage_by_alias(PREFIX, since=DAWN))
    assert [row.key_id for row in rows if row.unpriced] == [free.id]


def test_a_pull_request_of_thirty_jobs_takes_few_questions(lab: Lab) -> None:
    proxy = lab.portkey()
    for number in range(30):
        key = proxy.mint(a_request(f"{PREFIX}777.1:review:code-review:{number:04d}"))
        assert call(lab, key) == 200
    asked: list[int] = []
    lab.sandbox.state.faults[("GET", "/")] = lambda: asked.append(1)
    assert total(lab.portkey().usage_by_alias(PREFIX, since=DAWN)).quantize(
        Decimal("1e-10")
    ) == Decimal("0.0450")
    assert len(asked) < 2 * 30 + 10


def test_what_no_listed_model_accounts_for_is_a_row_of_its_own(lab: Lab) -> None:
    key = lab.portkey().mint(a_request())
    for model in ("claude-haiku", "claude-sonnet"):
        assert call(lab, key, model=model) == 200
    one = {"ai_model": "claude-haiku", "requests": "1", "object": "analytics-group"}
    two = {**one, "ai_model": "gone"}
    body = {"object": "list", "total": 2, "data": [one, two]}
    lab.fail("GET", "/analytics/groups/ai-models", 200, body)
    rows = list(lab.portkey().usage_by_alias(PREFIX, since=DAWN))
    assert {row.model: row.spend.quantize(Decimal("1e-10")) for row in rows} == {
        "claude-haiku": Decimal("0.0015"),
        "other models": Decimal("0.0045"),
    }


def test_metadata_that_a_job_forges_move_nothing_even_on_a_gateway_that_believes_them(
    lab: Lab,
) -> None:
    """While a key lives its calls are asked for by its id, which nobody can set."""
    key = lab.portkey().mint(a_request())
    assert call(lab, key) == 200
    proxy = lab.portkey()
    proxy.keys(prefix=PREFIX)
    calls = lab.sandbox.state.calls
    from dataclasses import replace

    calls.append(replace(calls[-1], metadata={"tokengate_scope": "forged/x#1"}))
    assert total(proxy.usage_by_alias(PREFIX, since=DAWN)) == Decimal("0.0030")


def test_a_workspaces_key_mints_for_no_other(lab: Lab) -> None:
    from dataclasses import replace

    with pytest.raises(UsageError, match="is of workspace payments-squad"):
        lab.portkey().mint(replace(a_request(), team_id="search-squad"))
    assert lab.job_keys == []
    lab.portkey(lab.sandbox.minter_key).mint(replace(a_request(), team_id="search-squad"))
    assert lab.job_keys == [ALIAS]


def test_keys_and_groups_are_read_to_their_last_page(lab: Lab) -> None:
    proxy = lab.portkey()
    keys = [proxy.mint(a_request(f"{PREFIX}777.1:review:code-review:{n:04d}")) for n in range(101)]
    assert {call(lab, key, "in=10 out=1") for key in keys} == {200}
    assert len(lab.portkey().keys(prefix=PREFIX)) == 101
    assert lab.portkey().log_size(PREFIX, since=DAWN) == 101


def test_a_budget_without_a_limit_of_the_workspaces_is_the_calendar_months_spend(lab: Lab) -> None:
    lab.sandbox.spent_before("platform", Decimal("12.5"))
    found = lab.portkey(lab.sandbox.minter_key).team_budget("platform")
    assert (found.spend, found.max_budget) == (Decimal("12.5"), None)
    assert found.resets_at is not None
    assert found.resets_at.day == 1


def test_a_workspace_that_may_not_be_looked_at_is_judged_by_its_spend_alone(lab: Lab) -> None:
    body = {"data": {"message": "no", "errorCode": "AB03"}}
    lab.fail("GET", "/admin/workspaces/", 403, body)
    lab.sandbox.spent_before("payments-squad", Decimal(7))
    found = lab.portkey().team_budget("payments-squad")
    assert (found.spend, found.max_budget) == (Decimal(7), None)
