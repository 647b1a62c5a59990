"""OpenRouter's refusals, lost answers, and what becomes of keys that ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import httpx
import pytest

from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.openrouter.adapter import OpenRouter
from ci_tokengate.adapters.proxies.openrouter.usage import UNTOLD
from ci_tokengate.commands.sweep import sweep
from ci_tokengate.core.keys import Handle, JobKey
from ci_tokengate.core.site import Site
from ci_tokengate.errors import (
    CredentialError,
    ProxyUnavailableError,
    TokengateError,
    UsageError,
)
from ci_tokengate.ports import LostAnswer, total
from ci_tokengate.sandbox.clock import WallClock
from ci_tokengate.sandbox.openrouter import OpenRouterSandbox, running_openrouter
from tests.adapters.proxies.portkey.conftest import ALIAS, PREFIX, Clock
from tests.adapters.proxies.portkey.conftest import a_request as of_a_workspace

DAWN = datetime(2026, 1, 1, tzinfo=timezone.utc)


@dataclass
class Lab:
    sandbox: OpenRouterSandbox
    clock: Clock
    failed: list[str] = field(default_factory=list)

    def openrouter(self, key: str = "") -> OpenRouter:
        site = Site(kind="openrouter", url=self.sandbox.url)
        secret = key or self.sandbox.minter_key
        return OpenRouter(site, secret, deadline=Deadline(30), clock=self.clock)

    def fail(self, method: str, path: str, status: int, body: Any) -> None:
        self.sandbox.state.faults[(method, path)] = lambda: (status, body)

    def mint(self, alias: str = ALIAS, cap: str = "2") -> JobKey:
        return self.openrouter().mint(a_request(alias, cap))

    def call(self, key: JobKey, prompt: str = "in=1000 out=100") -> int:
        return httpx.post(
            f"{self.sandbox.url}/api/v1/messages",
            headers={"authorization": f"Bearer {key.key}"},
            json={"model": "claude-haiku", "messages": [{"role": "user", "content": prompt}]},
        ).status_code


def a_request(alias: str = ALIAS, cap: str = "2") -> Any:
    from dataclasses import replace

    return replace(of_a_workspace(alias, cap), team_id="default")


@pytest.fixture
def lab() -> Iterator[Lab]:
    wall = WallClock()
    with running_openrouter(clock=wall) as sandbox:
        yield Lab(sandbox, Clock(wall))


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
