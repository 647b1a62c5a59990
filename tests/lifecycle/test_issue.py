from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from ci_tokengate.core.budget import TeamBudget
from ci_tokengate.core.keys import Handle, KeyRecord
from ci_tokengate.core.policy import Mode, Routing
from ci_tokengate.core.usage import UsageRow
from ci_tokengate.core.verdict import Cause, Outcome
from ci_tokengate.errors import CredentialError, ProxyUnavailableError, UndecidedError, UsageError
from ci_tokengate.lifecycle.admit import admit
from ci_tokengate.lifecycle.ask import Ask
from ci_tokengate.lifecycle.issue import Issued, issue
from ci_tokengate.render.verdict import lines
from tests.fakes import NOW, FakeProxy, a_context, a_policy, a_use_case

PREFIX = "tokengate:acme/web_app#12:"


def _issue(
    proxy: FakeProxy,
    *,
    pr: str | None = None,
    run: str = "2",
    ask: Ask | None = None,
    number: int | None = 12,
    agentic: bool = True,
    observe: bool = False,
    announced: list[Handle] | None = None,
) -> Issued:
    policy = a_policy(a_use_case(run=run, pr=pr, agentic=agentic))
    if observe:
        policy = replace(policy, mode=Mode.OBSERVE)
    context = a_context(number)
    admission = admit(proxy, policy, context, ask or Ask(), now=NOW)
    nonces = (f"n{i}" for i in count())
    told = announced if announced is not None else []
    return issue(proxy, context, admission, nonce=lambda: next(nonces), announce=told.append)


def _row(cost: str, use_case: str = "code-review", number: int = 12) -> UsageRow:
    alias = f"tokengate:acme/web_app#{number}:1.1:review:{use_case}:aa"
    return UsageRow(key_id="old", alias=alias, model="m", call_type="c", spend=Decimal(cost))


def test_a_key_is_minted_with_the_policys_cap_and_models() -> None:
    proxy = FakeProxy()
    key = _issue(proxy).key
    assert key is not None
    assert key.cap == 2
    assert proxy.requests[0].models == ("claude-sonnet",)
    assert proxy.requests[0].user_id == "ci-minter"


def test_the_alias_is_announced_before_the_mint_and_the_id_after_it() -> None:
    proxy, told = FakeProxy(), list[Handle]()
    seen: list[int] = []
    proxy.after_mint = lambda: seen.append(len(told))
    _issue(proxy, announced=told)
    assert seen == [1]
    assert [h.key_id for h in told] == [None, "id-1"]
    assert told[0].alias == told[1].alias


def test_the_next_run_of_a_pull_request_gets_what_is_left_of_its_cap() -> None:
    proxy = FakeProxy(rows=[_row("3.5"), _row("1"), _row("99", "other"), _row("99", number=13)])
    key = _issue(proxy, pr="5").key
    assert key is not None
    assert key.cap == Decimal("0.5")


def test_nothing_left_of_the_pull_requests_cap_is_refused_with_its_figures() -> None:
    proxy = FakeProxy(rows=[_row("5")])
    issued = _issue(proxy, pr="5")
    verdict = issued.admission.verdict
    assert issued.key is None
    assert (verdict.cause, verdict.bound, verdict.used) == (
        Cause.PR_CAP_SPENT,
        Decimal(5),
        Decimal(5),
    )
    assert not proxy.requests


def test_a_running_job_of_the_same_pull_request_holds_its_cap() -> None:
    proxy = FakeProxy()
    proxy.add("k", f"{PREFIX}1.1:a:code-review:x", Decimal(4), age=10)
    proxy.spend("k", "1")
    key = _issue(proxy, pr="5").key
    assert key is not None
    assert key.cap == 1 + 1  # 5 - (4 - 1), which the cap per run does not lower


def test_a_key_is_never_above_what_the_team_has_left_to_its_hard_stop() -> None:
    proxy = FakeProxy(budget=TeamBudget(spend=Decimal("1199.25")))
    key = _issue(proxy).key
    assert key is not None
    assert key.cap == Decimal("0.75")


def test_running_jobs_that_hold_all_of_the_teams_rest_refuse_the_next() -> None:
    proxy = FakeProxy(budget=TeamBudget(spend=Decimal(1199)))
    proxy.add("k", "tokengate:other/repo#1:1.1:a:b:x", Decimal(1), age=5)
    issued = _issue(proxy)
    assert issued.key is None
    assert issued.admission.verdict.cause is Cause.TEAM_LEFT_HELD
    assert issued.admission.verdict.held == 1


@pytest.mark.parametrize("how", ["observe", "not agentic"])
def test_what_nothing_may_block_gets_its_key_past_the_hard_stop(how: str) -> None:
    proxy = FakeProxy(budget=TeamBudget(spend=Decimal(5000)))
    key = _issue(proxy, observe=how == "observe", agentic=how != "not agentic").key
    assert key is not None
    assert key.cap == 2


def test_observe_mode_gives_the_key_and_says_that_enforcement_would_have_found_the_cap_spent() -> (
    None
):
    proxy = FakeProxy(rows=[_row("5")])
    issued = _issue(proxy, pr="5", observe=True)
    verdict = issued.admission.verdict
    assert issued.key is not None
    assert issued.key.cap == 2
    assert (verdict.outcome, verdict.cause) == (Outcome.WARN, Cause.PR_CAP_SPENT)
    assert lines(verdict) == [
        "! Nothing is left of the $5.00 that this pull request may spend on code-review: $5.00 is spent.",
        "  Nothing is blocked in observe mode; enforcement would have blocked this.",
    ]


def test_observe_mode_says_so_of_what_running_jobs_hold_too() -> None:
    proxy = FakeProxy(budget=TeamBudget(spend=Decimal(1199)))
    proxy.add("k", "tokengate:other/repo#1:1.1:a:b:x", Decimal(1), age=5)
    issued = _issue(proxy, observe=True)
    assert issued.key is not None
    assert issued.admission.verdict.cause is Cause.TEAM_LEFT_HELD
    assert issued.admission.verdict.would_block


def test_observe_mode_routes_nothing_down_and_says_what_enforcement_would_have_given() -> None:
    amber = Routing(models=("claude-haiku",), route={"claude-sonnet": "claude-haiku"})
    proxy = FakeProxy(budget=TeamBudget(spend=Decimal(700)))
    policy = a_policy(replace(a_use_case(), when_amber=amber))
    for mode, models in ((Mode.ENFORCE, ("claude-haiku",)), (Mode.OBSERVE, ("claude-sonnet",))):
        admission = admit(proxy, replace(policy, mode=mode), a_context(12), Ask(), now=NOW)
        assert admission.routing.models == models
    past = FakeProxy(budget=TeamBudget(spend=Decimal(5000)))
    blocked = admit(past, replace(policy, mode=Mode.OBSERVE), a_context(12), Ask(), now=NOW)
    assert blocked.notes == ()  # it would have had no key at all
    assert admission.notes == (
        "Nothing is routed down in observe mode; enforcement would have given code-review "
        "claude-haiku in amber.",
    )


def test_of_two_mints_at_once_the_earlier_keeps_its_cap_and_the_later_takes_the_rest() -> None:
    proxy = FakeProxy(budget=TeamBudget(spend=Decimal(1197)))

    def somebody_was_faster() -> None:
        proxy.after_mint = lambda: None
        proxy.add("other", "tokengate:other/repo#1:1.1:a:b:x", Decimal(2), age=0.001)

    proxy.after_mint = somebody_was_faster
    key = _issue(proxy).key
    assert key is not None
    assert key.cap == 1
    assert set(proxy.alive) == {"other", key.id}


def test_a_mint_that_lost_the_race_for_the_last_dollar_leaves_no_key() -> None:
    proxy = FakeProxy(budget=TeamBudget(spend=Decimal(1198)))
    proxy.after_mint = lambda: proxy.add(
        "other", "tokengate:other/repo#1:1.1:a:b:x", Decimal(2), age=1
    )
    issued = _issue(proxy)
    assert issued.key is None
    assert set(proxy.alive) == {"other"}
    assert issued.admission.verdict.cause is Cause.TEAM_LEFT_HELD


def test_a_mint_whose_answer_was_lost_is_found_by_alias_and_not_doubled() -> None:
    proxy, told = FakeProxy(lose=1), list[Handle]()
    key = _issue(proxy, announced=told).key
    assert key is not None
    assert set(proxy.alive) == {key.id}
    assert [h.alias.rsplit(":", 1)[-1] for h in told] == ["n0", "n1", "n1"]


def test_a_proxy_that_loses_every_answer_leaves_no_key() -> None:
    proxy = FakeProxy(lose=9)
    with pytest.raises(ProxyUnavailableError, match="twice"):
        _issue(proxy)
    assert not proxy.alive


def test_a_model_that_the_proxy_does_not_serve_is_named_and_no_key_is_left() -> None:
    proxy = FakeProxy(missing=["claude-sonnet"])
    with pytest.raises(UsageError, match="no model claude-sonnet"):
        _issue(proxy)
    assert not proxy.alive


def test_a_model_outside_the_teams_list_is_refused_before_any_mint() -> None:
    proxy = FakeProxy(budget=TeamBudget(spend=Decimal(0), models=frozenset({"gpt-mini"})))
    with pytest.raises(UsageError, match="may not use claude-sonnet"):
        _issue(proxy)
    assert not proxy.requests


def test_an_interruption_in_mid_mint_revokes_what_may_exist() -> None:
    proxy = FakeProxy()

    def interrupted() -> None:
        raise KeyboardInterrupt

    proxy.after_mint = interrupted
    with pytest.raises(KeyboardInterrupt):
        _issue(proxy)
    assert not proxy.alive


def test_an_admins_key_never_mints() -> None:
    proxy = FakeProxy(admin=True)
    with pytest.raises(CredentialError, match="admin key"):
        _issue(proxy)
    assert not proxy.requests


def test_max_budget_only_lowers_and_says_so_where_it_does_not() -> None:
    lower = _issue(FakeProxy(), ask=Ask(max_budget=Decimal("0.5")))
    higher = _issue(FakeProxy(), ask=Ask(max_budget=Decimal(50)))
    assert lower.key is not None
    assert higher.key is not None
    assert (lower.key.cap, higher.key.cap) == (Decimal("0.5"), Decimal(2))
    assert not lower.admission.notes
    assert "policy's holds" in higher.admission.notes[0]


def test_a_proxy_that_does_not_list_its_own_mint_is_not_trusted_with_caps() -> None:
    class Forgetful(FakeProxy):
        def live_keys(self, *, prefix: str, team_id: str | None = None) -> list[KeyRecord]:
            return []

    proxy = Forgetful()
    with pytest.raises(UndecidedError, match="does not list the key"):
        _issue(proxy)
    assert not proxy.alive
