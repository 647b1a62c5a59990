"""OpenRouter's refusals, lost answers, and what becomes of keys that ended."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from ci_tokengate.adapters.proxies.openrouter.usage import UNTOLD
from ci_tokengate.commands.sweep import sweep
from ci_tokengate.core.keys import Handle
from ci_tokengate.core.usage import total
from ci_tokengate.errors import (
    CredentialError,
    ProxyUnavailableError,
    TokengateError,
    UsageError,
)
from ci_tokengate.ports import LostAnswer
from tests.adapters.proxies.openrouter.conftest import DAWN, Lab
from tests.adapters.proxies.portkey.conftest import ALIAS, PREFIX

REFUSALS: list[tuple[int, type[TokengateError], str]] = [
    (400, UsageError, "OpenRouter refused"),
    (401, CredentialError, "does not accept the minting key"),
    (402, UsageError, "has no credit"),
    (403, CredentialError, "has no right"),
    (404, UsageError, "knows no such thing"),
    (429, ProxyUnavailableError, "limits the rate"),
    (500, ProxyUnavailableError, "OpenRouter failed"),
    (502, ProxyUnavailableError, "OpenRouter failed"),
]


@pytest.mark.parametrize(("status", "kind", "said"), REFUSALS)
def test_each_refusal_has_its_outcome_while_reading_and_while_minting(
    lab: Lab, status: int, kind: type[TokengateError], said: str
) -> None:
    body = {"error": {"code": status, "message": "So it is"}}
    lab.fail("GET", "/keys", status, body)
    with pytest.raises(kind, match=said) as caught:
        lab.openrouter().credential()
    assert "So it is" in caught.value.message or status == 429
    lab.fail("POST", "/keys", status, body)
    with pytest.raises((kind, LostAnswer)) as minted:
        lab.mint()
    assert isinstance(minted.value, LostAnswer) == (status >= 500)


def test_a_cap_below_a_dollar_is_what_it_is(lab: Lab) -> None:
    assert lab.mint(cap="0.40").cap == Decimal("0.4")
    [key] = lab.sandbox.state.keys.values()
    assert (key.limit, key.name) == (Decimal("0.4"), ALIAS)


def test_a_disabled_key_keeps_its_usage_and_is_deleted_by_a_sweep_when_a_month_is_over(
    lab: Lab,
) -> None:
    key = lab.mint()
    assert lab.call(key) == 200
    assert lab.openrouter().revoke(Handle(alias=ALIAS, team_id="default", key_id=key.id)) is True
    assert lab.call(key) == 401
    assert total(lab.openrouter().usage_of(key.id)) == Decimal("0.0015")

    def swept() -> list[bool]:
        done = sweep(
            lab.openrouter(),
            None,
            repository="acme/web_app",
            older_than=None,
            clock=lab.clock,
            dry_run=False,
        )
        return [one.revoked for one in done]

    assert swept() == []
    lab.clock.wall.advance(timedelta(days=36))
    assert swept() == [True]
    assert lab.sandbox.state.keys == {}


def test_an_expired_key_that_no_post_reached_is_ended_by_a_sweep_and_keeps_its_usage(
    lab: Lab,
) -> None:
    key = lab.mint()
    assert lab.call(key) == 200
    lab.clock.wall.advance(timedelta(hours=1))
    assert [k.id for k in lab.openrouter().keys(prefix=PREFIX)] == [key.id]
    assert lab.openrouter().live_keys(prefix=PREFIX) == []
    done = sweep(
        lab.openrouter(), None, repository="", older_than=None, clock=lab.clock, dry_run=False
    )
    assert [one.revoked for one in done] == [True]
    assert [k.id for k in lab.openrouter().revoked_keys(prefix=PREFIX)] == [key.id]
    assert total(lab.openrouter().usage_by_alias(PREFIX, since=DAWN)) == Decimal("0.0015")


def test_a_running_days_cost_is_whole_and_its_models_come_the_day_after(lab: Lab) -> None:
    lab.clock.wall.advance(timedelta(days=-1))
    key = lab.mint()
    assert lab.call(key) == 200
    [today] = lab.openrouter().usage_by_alias(PREFIX, since=DAWN)
    assert (today.model, today.spend, today.told) == (UNTOLD, Decimal("0.0015"), False)
    lab.clock.wall.advance(timedelta(days=1))
    [told] = lab.openrouter().usage_by_alias(PREFIX, since=DAWN)
    assert (told.model, told.spend, told.calls, told.input_tokens) == (
        "claude-haiku",
        Decimal("0.0015"),
        1,
        1000,
    )


def test_a_mint_that_arrives_late_is_ended(lab: Lab) -> None:
    def arrive() -> None:
        if len(lab.clock.slept) == 2 and not lab.sandbox.state.keys:
            lab.mint()

    lab.clock.on_sleep = arrive
    assert lab.openrouter().revoke(Handle(alias=ALIAS, team_id="default")) is True
    assert [key.disabled for key in lab.sandbox.state.keys.values()] == [True]


def test_a_key_that_can_call_is_no_minting_key(lab: Lab) -> None:
    with pytest.raises(CredentialError, match="does not accept the minting key"):
        lab.openrouter(lab.mint().key).credential()


def test_a_teams_spend_is_this_months_of_its_workspace(lab: Lab) -> None:
    key = lab.mint()
    assert lab.call(key, "in=100000 out=10") == 200
    found = lab.openrouter().team_budget("default")
    assert found.spend.quantize(Decimal("1e-10")) == Decimal("0.10005")
    assert found.max_budget is None
    with pytest.raises(UsageError):
        lab.openrouter().team_budget("11111111-2222-4333-8444-555555555555")
