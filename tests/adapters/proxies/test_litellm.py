"""The LiteLLM adapter against what a real LiteLLM 1.106.2 answered: one cassette a call."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from ci_tokengate.adapters.clock import SystemClock
from ci_tokengate.adapters.http import Deadline
from ci_tokengate.adapters.proxies.litellm import keys, log
from ci_tokengate.adapters.proxies.litellm.adapter import LiteLLM
from ci_tokengate.core.keys import Handle, KeyRequest
from ci_tokengate.errors import CredentialError, UsageError
from tests.adapters.proxies.cassettes import FOLDER, HOST, RECORDING, cassette
from tests.adapters.proxies.lab import (
    ADMIN_STAND_IN,
    MINTER,
    PLAIN_TEAM,
    PREFIX,
    TEAM,
    UNKNOWN,
    USER,
    Lab,
    alias,
    job_key,
    key_id,
)
from tests.canaries.leaks import leaks

HARDENED = os.environ.get("TOKENGATE_LITELLM_HARDENED_URL", "")
SINCE = datetime(2026, 11, 1, tzinfo=timezone.utc)


@dataclass
class Real:
    """A real proxy, live while it is recorded."""

    lab: Lab
    url: str
    admin_key: str

    def proxy(self, key: str = MINTER) -> LiteLLM:
        return LiteLLM(self.url, key, deadline=Deadline(60), clock=SystemClock())

    def tape(self, name: str) -> AbstractContextManager[None]:
        return cassette(name, recording=self.lab.recording)


def _real(url: str, *, recording: bool) -> Iterator[Real]:
    admin_key = os.environ["TOKENGATE_LITELLM_ADMIN_KEY"] if recording else ADMIN_STAND_IN
    lab = Lab(url if recording else None, admin_key)
    yield Real(lab, url if recording else f"http://{HOST}", admin_key)
    lab.close()


@pytest.fixture(scope="module")
def real() -> Iterator[Real]:
    yield from _real(os.environ.get("TOKENGATE_LITELLM_URL", ""), recording=RECORDING)


@pytest.fixture
def hardened() -> Iterator[Real]:
    if RECORDING and not HARDENED:
        pytest.skip("TOKENGATE_LITELLM_HARDENED_URL is not set; its cassette stays as it is")
    yield from _real(HARDENED, recording=RECORDING)


def _request(of: str, number: int = 0, **changes: Any) -> KeyRequest:
    given = {
        "alias": alias(of, number),
        "team_id": TEAM,
        "user_id": USER,
        "models": ("claude-sonnet", "claude-haiku"),
        "route": {"claude-sonnet": "claude-haiku"},
        "cap": Decimal("1.25"),
        "ttl": timedelta(minutes=30),
        "parallel_requests": 4,
        "tags": ("repo:github.com/acme/cassettes", "pr:acme/cassettes#1"),
        "attribution": {"version": 1, "repository": "acme/cassettes"},
        **changes,
    }
    return KeyRequest(**given)


def test_a_minting_key_knows_its_user_and_is_no_admin(real: Real) -> None:
    with real.tape("credential_of_minter"):
        found = real.proxy().credential()
    assert found.user_id == USER
    assert not found.is_admin


def test_an_admin_key_is_recognised(real: Real) -> None:
    with real.tape("credential_of_admin"):
        assert real.proxy(real.admin_key).credential().is_admin


def test_an_unknown_key_is_a_wrong_credential(real: Real) -> None:
    with real.tape("credential_unknown"), pytest.raises(CredentialError) as caught:
        real.proxy(UNKNOWN).credential()
    assert "does not accept the minting key" in caught.value.message


def test_a_teams_budget_is_read_with_its_plan_and_reset(real: Real) -> None:
    with real.tape("team_budget"):
        found = real.proxy().team_budget(TEAM)
    assert found.max_budget == 1200
    assert found.metadata_plan == 800
    assert found.spend >= 0
    assert found.resets_at is not None
    assert found.resets_at.utcoffset() == timedelta(0)
    assert not found.blocked


def test_a_team_without_a_budget_has_none(real: Real) -> None:
    with real.tape("team_budget_none"):
        found = real.proxy().team_budget(PLAIN_TEAM)
    assert found.max_budget is None
    assert found.metadata_plan is None
    assert found.resets_at is None


def test_an_unknown_team_is_a_usage_error_once_the_database_is_known_to_be_up(real: Real) -> None:
    with real.tape("team_budget_unknown"), pytest.raises(UsageError) as caught:
        real.proxy().team_budget("cassette-nobody")
    assert "knows no team 'cassette-nobody'" in caught.value.message


def test_a_listing_of_several_pages_is_read_to_its_end(
    real: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_KEYS_A_PAGE", "2")
    real.lab.gone("listed", 4)
    for number in range(3):
        real.lab.key("listed", number)
    real.lab.key("listed", 3, duration="1s")
    real.lab.wait(2)
    prefix = alias("listed").removesuffix("00")
    with real.tape("keys_listed"):
        found = real.proxy().keys(prefix=prefix)
        live = real.proxy().live_keys(prefix=prefix, team_id=TEAM)
        other = real.proxy().live_keys(prefix=f"{PREFIX}1.1:record:lis_ed")
    real.lab.gone("listed", 4)
    assert [key.alias for key in found] == [alias("listed", n) for n in range(4)]
    assert [key.id for key in live] == [key_id("listed", n) for n in range(3)]
    assert {key.cap for key in live} == {Decimal(1)}
    assert other == [], "an underscore is no wildcard"


def test_a_minted_key_has_what_was_asked_for(real: Real) -> None:
    real.lab.gone("minted")
    with real.tape("mint"):
        made = real.proxy().mint(_request("minted"))
    real.lab.gone("minted")
    assert made.alias == alias("minted")
    assert made.cap == Decimal("1.25")
    assert len(made.id) == 64
    assert made.key.startswith("sk-")
    assert made.expires_at.utcoffset() == timedelta(0)


def test_an_alias_that_is_taken_is_refused(real: Real) -> None:
    real.lab.gone("taken")
    real.lab.key("taken")
    with real.tape("mint_taken_alias"), pytest.raises(UsageError, match="already exists"):
        real.proxy().mint(_request("taken"))
    real.lab.gone("taken")


def test_a_key_above_the_proxys_ceilings_is_refused_in_its_own_words(hardened: Real) -> None:
    with (
        hardened.tape("mint_over_ceiling"),
        pytest.raises(UsageError, match="max_budget is over max limit set in config"),
    ):
        hardened.proxy().mint(_request("", alias=f"{PREFIX}1.1:record:ceiling:0", cap=Decimal(25)))


def test_a_key_is_revoked_by_its_id_and_again_without_an_error(real: Real) -> None:
    real.lab.gone("by-id")
    real.lab.key("by-id")
    handle = Handle(alias=alias("by-id"), team_id=TEAM, user_id=USER, key_id=key_id("by-id"))
    with real.tape("revoke_by_id"):
        assert real.proxy().revoke(handle)
        assert not real.proxy().revoke(handle)


def test_a_key_is_revoked_by_its_alias(real: Real) -> None:
    real.lab.gone("by-alias")
    real.lab.key("by-alias")
    handle = Handle(alias=alias("by-alias"), team_id=TEAM, user_id=USER)
    with real.tape("revoke_by_alias"):
        assert real.proxy().revoke(handle)


def test_an_alias_that_nobody_has_is_taken_against_a_late_mint_and_stays_taken(real: Real) -> None:
    real.lab.gone("late")
    handle = Handle(alias=alias("late"), team_id=TEAM, user_id=USER)
    with real.tape("revoke_tombstone"):
        proxy = real.proxy()
        assert not proxy.revoke(handle)
        with pytest.raises(UsageError, match="already exists"):
            proxy.mint(_request("late"))
        assert not proxy.revoke(handle)
        with pytest.raises(UsageError, match="already exists"):
            proxy.mint(_request("late"))
    real.lab.gone("late")


def test_rows_of_several_pages_add_up_by_key_and_by_alias(
    real: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "ROWS_A_PAGE", 2)
    real.lab.gone("rows")
    real.lab.key("rows", metadata={"tags": ["use_case:cassette"]})
    real.lab.call("rows", times=3)
    real.lab.wait(9)
    with real.tape("usage_rows"):
        by_key = list(real.proxy().usage_of(key_id("rows"), since=SINCE))
        by_alias = list(real.proxy().usage_by_alias(alias("rows"), since=SINCE))
    real.lab.gone("rows")
    assert [row.spend for row in by_key] == [Decimal("0.00375")] * 3
    assert {row.alias for row in by_key} == {alias("rows")}
    assert {row.model for row in by_key} == {"claude-sonnet"}
    assert {row.key_id for row in by_alias} == {key_id("rows")}
    assert by_alias == by_key
    assert not any(row.refusal for row in by_key)
    assert {(row.input_tokens, row.output_tokens) for row in by_key} == {(1000, 50)}


def test_whether_a_keys_budget_is_spent_is_told_by_the_proxys_refusal(real: Real) -> None:
    real.lab.gone("spent")
    real.lab.key("spent", max_budget=0.000001)
    real.lab.call("spent")
    real.lab.wait(6)
    with real.tape("budget_spent"):
        handle = Handle(alias=alias("spent"), team_id=TEAM, user_id=USER)
        assert real.proxy().budget_spent(handle, job_key("spent")) is True
    real.lab.wait(9)
    with real.tape("usage_refused"):
        rows = list(real.proxy().usage_of(key_id("spent")))
    real.lab.gone("spent")
    assert [row.call_type for row in rows if row.refusal] == ["/v1/models"]


def test_a_keys_budget_that_is_not_spent(real: Real) -> None:
    real.lab.gone("unspent")
    real.lab.key("unspent")
    with real.tape("budget_unspent"):
        handle = Handle(alias=alias("unspent"), team_id=TEAM, user_id=USER)
        assert real.proxy().budget_spent(handle, job_key("unspent")) is False
    real.lab.gone("unspent")


def test_a_model_without_a_provider_is_missing(real: Real) -> None:
    real.lab.gone("models")
    real.lab.key("models", models=["claude-sonnet", "claude-nonesuch"])
    with real.tape("missing_models"):
        missing = real.proxy().missing_models(
            job_key("models"), ["claude-sonnet", "claude-nonesuch"]
        )
    real.lab.gone("models")
    assert missing == ["claude-nonesuch"]


def test_no_cassette_holds_a_key_or_an_address() -> None:
    found = sorted(FOLDER.glob("*.yaml"))
    assert len(found) >= 16
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert leaks(text, [MINTER, UNKNOWN, ADMIN_STAND_IN, "sk-master-1234"]) == [], path.name
        assert "authorization" not in text.lower(), path.name
        assert "127.0.0.1" not in text, path.name
        assert f"http://{HOST}/" in text, path.name
